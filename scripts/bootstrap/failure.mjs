/** A start-up failure that the operator can do something about. */
export class StartFailure extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {string} nextStep what to do about it, in one or two lines
   */
  constructor(code, message, nextStep) {
    super(message);
    this.name = 'StartFailure';
    this.code = code;
    this.nextStep = nextStep;
  }
}

/**
 * The failure in the operator's words; the stack only of what nobody foresaw.
 *
 * @param {unknown} error
 * @returns {string}
 */
export function describeFailure(error) {
  if (error instanceof StartFailure) {
    return `\n${error.code}: ${error.message}\nNext step: ${error.nextStep}\n\n`;
  }
  const known = fileSystemFailure(error);
  if (known) return describeFailure(known);
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `\nSTART_FAILED: ${stack}\n`;
}

/**
 * @param {unknown} error
 * @returns {StartFailure | undefined}
 */
function fileSystemFailure(error) {
  if (!(error instanceof Error)) return undefined;
  return explainOutput(`${'code' in error ? String(error.code) : ''} ${error.message}`, '');
}

/** What the tools that we call say when the machine, not the project, is at fault. */
const causes = [
  {
    pattern: /\bENOSPC\b|No space left on device/u,
    code: 'DISK_FULL',
    message: 'the disk is full.',
    nextStep: 'free about 3 GB where this folder is, then run the same command again.',
  },
  {
    pattern: /\b(EACCES|EROFS|EPERM)\b/u,
    code: 'FOLDER_NOT_WRITABLE',
    message: 'a folder cannot be written.',
    nextStep: 'give this user the project folder (`ls -ld .` shows its owner), or clone it anew.',
  },
  {
    pattern:
      /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|CERT_|SELF_SIGNED)/u,
    code: 'REGISTRY_UNREACHABLE',
    message: 'the package registry cannot be reached.',
    nextStep:
      'check the network and `npm config get registry` (and proxy, cafile), then run the same command again.',
  },
];

/**
 * @param {string} output what a tool printed
 * @param {string} detail what to show of it
 * @returns {StartFailure | undefined} the known cause, if it is one
 */
export function explainOutput(output, detail) {
  const cause = causes.find(({ pattern }) => pattern.test(output));
  if (!cause) return undefined;
  return new StartFailure(cause.code, `${cause.message}${detail && `\n${detail}`}`, cause.nextStep);
}
