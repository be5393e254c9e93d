import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { eachLine, ended } from '../start/child.ts';

const timeoutMs = 60_000;
const shownLines = 12;
/** `nobody`: a packed app keeps its sandbox, which root may not have. */
const nobody = 65_534;

/**
 * Starts a packed app with `--self-test` in a profile of its own, with its sandbox on. It answers
 * with one JSON line and ends with 0; resolves to that line, and rejects on anything else.
 */
export async function selfTest(folder: string, env: Record<string, string>): Promise<string> {
  const place = mkdtempSync(path.join(tmpdir(), 'omni-self-test-'));
  try {
    return await runSelfTest(prepare(folder, place, env), place);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

type Start = { command: string[]; env: NodeJS.ProcessEnv };

/** As root, the app and the display's cookie are copied to where `nobody` may read them. */
function prepare(folder: string, place: string, env: Record<string, string>): Start {
  const own: NodeJS.ProcessEnv = {
    ...process.env,
    ...env,
    HOME: place,
    XDG_CONFIG_HOME: path.join(place, '.config'),
    OMNI_STATE_DIR: path.join(place, 'state'),
  };
  const options = ['--self-test', `--user-data-dir=${path.join(place, 'electron')}`];
  if (process.getuid?.() !== 0) {
    return { command: [path.join(folder, 'omni-console'), ...options], env: own };
  }
  const app = path.join(place, 'app');
  copy(folder, app);
  const cookie = own['XAUTHORITY'];
  const readable = path.join(place, 'authority');
  if (cookie) copy(cookie, readable);
  must('chown', ['-R', `${nobody}:${nobody}`, place]);
  const drop = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'];
  return {
    command: [...drop, path.join(app, 'omni-console'), ...options],
    env: { ...own, ...(cookie ? { XAUTHORITY: readable } : {}) },
  };
}

function copy(from: string, to: string): void {
  must('cp', ['-a', from, to]);
}

function must(command: string, args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} failed: ${stderr}`);
}

async function runSelfTest({ command, env }: Start, cwd: string): Promise<string> {
  const [file = '', ...args] = command;
  const child = spawn(file, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], env });
  const answers: string[] = [];
  const complaints: string[] = [];
  eachLine(child.stdout, (line) => answers.push(line));
  eachLine(child.stderr, (line) => complaints.push(line));
  const overdue = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  const { status } = await ended(child);
  clearTimeout(overdue);
  const [answer] = answers;
  if (status === 0 && answers.length === 1 && answer && isJsonObject(answer)) return answer;
  const said = [...answers, ...complaints.slice(0, shownLines)].join('\n');
  throw new Error(`The packed app's self-test failed (exit status ${status}):\n${said}`);
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null;
  } catch {
    // Not JSON: the caller shows what it was.
    return false;
  }
}
