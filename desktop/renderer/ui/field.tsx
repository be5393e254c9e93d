import { ChevronDown, CircleAlert, Search } from 'lucide-react';
import { useId } from 'react';
import type { InputHTMLAttributes, ReactElement, ReactNode, Ref } from 'react';
import { Kbd } from './kbd.tsx';

interface FieldFrameProps {
  readonly id: string;
  readonly label: ReactNode;
  readonly hint: ReactNode;
  readonly error: string | null;
  readonly children: ReactNode;
}

function FieldFrame({ id, label, hint, error, children }: FieldFrameProps): ReactElement {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children}
      {error === null ? (
        hint !== undefined && (
          <span className="field-hint" id={`${id}-note`}>
            {hint}
          </span>
        )
      ) : (
        <span className="field-error" id={`${id}-note`} role="alert">
          <CircleAlert aria-hidden />
          {error}
        </span>
      )}
    </div>
  );
}

interface TextFieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange' | 'value'> {
  readonly label: ReactNode;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: ReactNode;
  readonly error?: string | null;
  readonly ref?: Ref<HTMLInputElement>;
}

/** A labelled line of text with a hint or, instead, what is wrong with it. */
export function TextField(props: TextFieldProps): ReactElement {
  const { label, value, onChange, hint, error = null, ...native } = props;
  const id = useId();
  return (
    <FieldFrame id={id} label={label} hint={hint} error={error}>
      <input
        className="input"
        autoComplete="off"
        spellCheck={false}
        {...native}
        id={id}
        value={value}
        aria-invalid={error !== null || undefined}
        aria-describedby={error !== null || hint !== undefined ? `${id}-note` : undefined}
        onChange={(event) => {
          onChange(event.target.value);
        }}
      />
    </FieldFrame>
  );
}

interface SelectFieldProps<Value extends string> {
  readonly label: ReactNode;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  readonly onChange: (value: Value) => void;
  readonly hint?: ReactNode;
  readonly disabled?: boolean;
}

/** A labelled native select. */
export function SelectField<Value extends string>(props: SelectFieldProps<Value>): ReactElement {
  const { label, value, options, onChange, hint, disabled } = props;
  const id = useId();
  return (
    <FieldFrame id={id} label={label} hint={hint} error={null}>
      <span className="select-box">
        <select
          id={id}
          className="select"
          value={value}
          disabled={disabled}
          onChange={(event) => {
            const chosen = options.find((option) => option.value === event.target.value);
            if (chosen !== undefined) onChange(chosen.value);
          }}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
        <ChevronDown aria-hidden />
      </span>
    </FieldFrame>
  );
}

interface SearchFieldProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** The search of a screen; `/` focuses it (the frame looks for `data-search`). */
export function SearchField(props: SearchFieldProps): ReactElement {
  const { label, placeholder, value, onChange } = props;
  return (
    <span className="search-field">
      <Search aria-hidden />
      <input
        className="input"
        type="search"
        data-search
        aria-label={label}
        placeholder={placeholder}
        value={value}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => {
          onChange(event.target.value);
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          if (value === '') event.currentTarget.blur();
          onChange('');
        }}
      />
      {value === '' && <Kbd>/</Kbd>}
    </span>
  );
}
