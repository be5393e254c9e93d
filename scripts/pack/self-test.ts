import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { eachLine, ended } from '../start/child.ts';

const timeoutMs = 60_000;

/**
 * Starts a packed app with `--self-test` in a profile of its own. It answers with one JSON line
 * and ends with 0; resolves to that line, and rejects on anything else.
 */
export async function selfTest(executable: string, env: Record<string, string>): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'omni-self-test-'));
  const args = ['--self-test', `--user-data-dir=${path.join(folder, 'electron')}`];
  if (process.getuid?.() === 0) args.push('--no-sandbox');
  const child = spawn(executable, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env, OMNI_STATE_DIR: folder },
  });
  const answers: string[] = [];
  const complaints: string[] = [];
  eachLine(child.stdout, (line) => answers.push(line));
  eachLine(child.stderr, (line) => complaints.push(line));
  const overdue = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  const { status } = await ended(child);
  clearTimeout(overdue);
  rmSync(folder, { recursive: true, force: true });
  const [answer] = answers;
  if (status === 0 && answers.length === 1 && answer && isJsonObject(answer)) return answer;
  const said = [...answers, ...complaints].join('\n');
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
