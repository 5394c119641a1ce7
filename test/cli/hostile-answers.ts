import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { type Installation, install } from './dynops.ts';

const hostile = '\u001b]0;owned\u0007\u001b[2J\u009b31m\u001b[31m';
const xml = (name: string, content: string) => `<${name}>${content}</${name}>`;
const caller = xml('GetCallerIdentityResult', xml('Account', '123456789012') + xml('Arn', 'arn:aws:iam::1:user/a'));

/** Says who is calling, and answers every other call with a refusal full of what a terminal takes as orders. */
const server = createServer(async (request, response) => {
  const body = await text(request);
  const headers = { 'x-amzn-requestid': `r-${hostile.replace(/[^\w]/g, '')}` };
  if (request.headers['content-type']?.includes('urlencoded')) {
    const isCaller = body.includes('Action=GetCallerIdentity');
    response.writeHead(isCaller ? 200 : 400, { ...headers, 'content-type': 'text/xml' });
    const refusal = xml('Error', xml('Code', 'Hostile') + xml('Message', `It says ${hostile}`));
    response.end(isCaller ? xml('GetCallerIdentityResponse', caller) : xml('ErrorResponse', refusal));
    return;
  }
  response.writeHead(400, { ...headers, 'content-type': 'application/x-amz-json-1.1' });
  const message = `It says ${hostile}`;
  response.end(JSON.stringify({ __type: `Hostile${hostile}`, message, Message: message }));
});

let dynops: Installation;
let endpoint: string;

function setUp(): void {
  beforeAll(async () => {
    dynops = await install();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  });
  afterAll(async () => {
    server.close();
    await dynops.remove();
  });
}

/** Every command, with an argument where it wants one. */
function commandLines(command: Command, before: string[] = []): string[][] {
  const nested = command.commands.flatMap((child) => commandLines(child, [...before, child.name()]));
  if (command.commands.length > 0 && before[0] !== 'load') return nested;
  const [argument] = command.registeredArguments;
  return [[...before, ...(argument ? [argument.argChoices?.[0] ?? 'x'] : [])], ...nested];
}

/** Tries every `step`th command. */
export function hostileAnswers(step: number): void {
  setUp();
  it('no command lets through what an endpoint says to the terminal', { timeout: 240_000 }, async () => {
    const program = createProgram(
      async () => undefined,
      () => undefined,
    );
    // These act on this machine alone, whatever the target, or wait for somebody.
    const elsewhere = ['local', 'completion', 'dev', 'exec', 'init', 'trust', 'help'];
    const all = commandLines(program).filter(([first = '']) => !elsewhere.includes(first));
    expect(all.length).toBeGreaterThan(40);
    const lines = all.filter((_line, index) => index % step === 0);
    const env = { AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'y', DYNOPS_PASSWORD: 'Secret-1' };
    const shown = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const texts: string[] = [];
        for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
          const { stdout, stderr } = await dynops.run([...line, '--yes', '--endpoint-url', endpoint], { env });
          texts.push(`${line.join(' ')}: ${stdout}${stderr}`);
        }
        return texts;
      }),
    );
    for (const text of shown.flat()) expect(text).not.toMatch(/[^\P{Cc}\n\t]/u);
    expect(shown.flat().filter((text) => text.includes('owned')).length).toBeGreaterThan(30 / step);
  });
}
