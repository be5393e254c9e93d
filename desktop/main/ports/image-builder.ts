/** Source ready to be built, with what the package stage shows of it. */
export interface SourcePackage {
  readonly service: string;
  readonly files: number;
  readonly bytes: number;
  /** Where the builder finds it; opaque to the caller. */
  readonly location: string;
}

export interface BuildResult {
  /** Image with digest. */
  readonly image: string;
  /** True when the same content had been built before and nothing had to be done. */
  readonly reused: boolean;
}

export interface BuildRequest {
  readonly source: SourcePackage;
  /** Called with every new log line. */
  readonly onLog: (line: string) => void;
  /** Name of a build that an earlier process submitted: it is followed instead of a new one. */
  readonly submitted?: string | null;
  /** Called with the name of the build before anyone waits for it. */
  readonly onSubmitted?: (name: string) => Promise<void>;
  /** Aborting cancels the build itself. */
  readonly signal: AbortSignal;
}

/** Source folder of a service -> image by digest. */
export interface ImageBuilder {
  /** Throws SOURCE_NOT_FOUND. */
  package(service: string): Promise<SourcePackage>;
  /**
   * Brings a source to where the builder reads it. Absent where the builder reads the folder itself;
   * `build` does it too when it wasn't called. Throws CANCELLED, TARGET_UNREACHABLE.
   */
  upload?(source: SourcePackage, signal: AbortSignal): Promise<void>;
  /** Throws BUILD_FAILED with the compiler's message, CANCELLED, TARGET_UNREACHABLE. */
  build(request: BuildRequest): Promise<BuildResult>;
}
