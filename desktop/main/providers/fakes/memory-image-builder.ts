import { createHash } from 'node:crypto';
import { DomainError } from '../../ports/domain-error.ts';
import type {
  BuildRequest,
  BuildResult,
  ImageBuilder,
  SourcePackage,
} from '../../ports/image-builder.ts';

export interface MemoryImageBuilderOptions {
  /** Source text by service: the same text gives the same image. */
  readonly sources: Readonly<Record<string, string>>;
  /** Lines of every build. */
  readonly log?: readonly string[];
  /** Runs between the log and the result, for example a clock's sleep that the signal ends. */
  readonly work?: (signal: AbortSignal) => Promise<void>;
}

/** Builds nothing, honestly: the image's digest is that of the source text. */
export class MemoryImageBuilder implements ImageBuilder {
  readonly #options: MemoryImageBuilderOptions;
  readonly #sources: Map<string, string>;
  readonly #built = new Set<string>();
  #failure: string | null = null;

  constructor(options: MemoryImageBuilderOptions) {
    this.#options = options;
    this.#sources = new Map(Object.entries(options.sources));
  }

  /** Changes a source, so that the next build gives another image. */
  edit(service: string, source: string): void {
    this.#sources.set(service, source);
  }

  /** From now on builds fail with this compiler message; null ends it. */
  failBuilds(message: string | null): void {
    this.#failure = message;
  }

  async package(service: string): Promise<SourcePackage> {
    await Promise.resolve();
    const source = this.#sources.get(service);
    if (source === undefined) {
      throw new DomainError({
        code: 'SOURCE_NOT_FOUND',
        message: `There is no source folder for ${service}.`,
        nextStep: 'Check the name of the service.',
      });
    }
    return { service, files: 1, bytes: Buffer.byteLength(source), location: `memory:${service}` };
  }

  async build({ source, onLog, signal }: BuildRequest): Promise<BuildResult> {
    await Promise.resolve();
    if (signal.aborted) throw cancelled();
    for (const line of this.#options.log ?? [`building ${source.service}`]) onLog(line);
    await this.#options.work?.(signal).catch((error: unknown) => {
      throw isAborted(signal) ? cancelled() : error;
    });
    if (this.#failure !== null) throw buildFailed(this.#failure);
    return this.#result(source.service);
  }

  #result(service: string): BuildResult {
    const digest = createHash('sha256').update(this.#sources.get(service) ?? '');
    const image = `memory/${service}@sha256:${digest.digest('hex')}`;
    const reused = this.#built.has(image);
    this.#built.add(image);
    return { image, reused };
  }
}

/** The signal may have changed while something was awaited; the compiler remembers the old answer. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

function cancelled(): DomainError {
  return new DomainError({
    code: 'CANCELLED',
    message: 'The build was cancelled.',
    nextStep: 'Start it again when you want it.',
  });
}

function buildFailed(message: string): DomainError {
  return new DomainError({
    code: 'BUILD_FAILED',
    message,
    nextStep: 'Read the build log, correct the source and deploy again.',
  });
}
