/** What a build of one source folder was made of, so that unchanged sources are not built again. */
export interface BuildRecord {
  readonly digest: string;
  /** sha256 of every file that went in, by its path. */
  readonly inputs: Readonly<Record<string, string>>;
}
