import { Component } from 'react';
import type { ReactNode } from 'react';
import { ErrorState } from '../ui/error-state.tsx';

interface ErrorBoundaryProps {
  readonly children: ReactNode;
}

interface ErrorBoundaryState {
  readonly error: unknown;
}

/** A screen that throws while it is drawn costs that screen only. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, ErrorBoundaryState> {
  override state: ErrorBoundaryState = { error: null };

  static getDerivedStateFromError(error: unknown): ErrorBoundaryState {
    return { error };
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    return (
      <div className="page">
        <section className="panel">
          <ErrorState
            error={this.state.error}
            what="This screen could not be drawn"
            onRetry={() => {
              this.setState({ error: null });
            }}
          />
        </section>
      </div>
    );
  }
}
