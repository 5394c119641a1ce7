import { execFile } from 'node:child_process';
import { existsSync, lstatSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/**
 * On Linux a function runs in namespaces of its own, where the system lets an ordinary user make them: it sees no process
 * but its own, no file but its code, its runtime, the system's programs and a /tmp of its own, and it ends with the engine,
 * whatever it does at that moment.
 */

export interface Jail {
  /** An empty folder; what the function sees as its root is put there, for its own eyes only. */
  root: string;
  /** Size of /tmp. */
  scratchMb: number;
  /** Path inside → file or folder outside; read-only. */
  binds: Record<string, string>;
  command: string[];
  /** Path inside. */
  workingFolder: string;
}

/** Of the system: programs, libraries, certificates. What is a link outside is one inside. */
const systemPlaces = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/etc/ssl', '/etc/pki'];
const systemFiles = ['hosts', 'resolv.conf', 'nsswitch.conf', 'ld.so.cache', 'localtime'].map((name) => `/etc/${name}`);
const devices = ['/dev/null', '/dev/zero', '/dev/urandom'];

/**
 * Few programs, as each costs a millisecond of every cold start. `$1` root, `$2` its file system table, `$3` its folders,
 * `$4` files to be covered, `$5` links, `$6` working folder, then the command. The process id that the machine knows is in
 * /proc of the outside, which is still seen here; it goes into a file beside the root, and into the command's environment.
 */
const script = `set -e
read -r pid rest < /proc/self/stat
DYNOPS_PROCESS_ID=$pid; export DYNOPS_PROCESS_ID
root=$1 table=$2 folders=$3 files=$4 links=$5 working=$6; shift 6
echo "$pid" > "\${root%/*}/pid"
mount -t tmpfs -o size=1m,mode=755 dynops "$root"
cd "$root"
IFS='
'
mkdir -p $folders
for file in $files; do : > "$file"; done
if [ -n "$links" ]; then cp -P $links .; fi
cp -L ${systemFiles.join(' ')} etc 2>/dev/null || :
printf '%s\n' "$table" > etc/fstab
mount -a -T etc/fstab
: > etc/fstab
ulimit -c 0
exec chroot . env -u OLDPWD -C "$working" PWD="$working" setpriv --bounding-set -all --inh-caps=-all --no-new-privs "$@"`;

/** The command that runs a jail's. Its process is the jail's keeper: signals to its group reach all, and its end ends all. */
export function jailCommand({ root, scratchMb, binds, command, workingFolder }: Jail): string[] {
  const found = systemPlaces.filter((place) => existsSync(place));
  const links = found.filter((place) => lstatSync(place).isSymbolicLink());
  const readOnly = Object.entries({
    ...Object.fromEntries(found.filter((place) => !links.includes(place)).map((place) => [place, place])),
    ...binds,
  });
  const [folders, files]: [string[], string[]] = [['etc', 'proc', 'tmp', 'dev'], devices.map((device) => `.${device}`)];
  for (const [inside, outside] of readOnly) {
    if (statSync(outside).isDirectory()) folders.push(`.${inside}`);
    else {
      folders.push(dirname(`.${inside}`));
      files.push(`.${inside}`);
    }
  }
  const mount = (from: string, to: string, type: string, options: string) =>
    [from, root + to, type, options, 0, 0].map(escapeField).join(' ');
  const table = [
    ...readOnly.map(([inside, outside]) => mount(outside, inside, 'none', 'bind,ro,nosuid,nodev')),
    ...devices.map((device) => mount(device, device, 'none', 'bind')),
    mount('proc', '/proc', 'proc', 'defaults'),
    mount('dynops', '/tmp', 'tmpfs', `size=${scratchMb}m,mode=700,nosuid,nodev`),
  ];
  return [
    ...['setpriv', '--pdeathsig', 'KILL'],
    ...['unshare', '--user', '--map-root-user', '--mount', '--pid', '--ipc', '--fork', '--kill-child'],
    ...['sh', '-c', script, 'dynops-function', root, table.join('\n')],
    ...[folders.join('\n'), files.join('\n'), links.join('\n'), workingFolder, ...command],
  ];
}

/** A field of fstab(5). */
const escapeField = (text: string | number) =>
  String(text).replace(/[\\ \t\n]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);

/** Where a program's file is found inside. */
export const nodeInside = '/opt/node/bin/node';

/** Whether jails can be made here, tried out once with Node itself. */
export async function canJail(): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  const folder = await mkdtemp(join(tmpdir(), 'dynops-jail-'));
  try {
    const root = join(await realpath(folder), 'root');
    await mkdir(root);
    const [file = '', ...args] = jailCommand({
      root,
      scratchMb: 1,
      binds: { [nodeInside]: process.execPath },
      command: [nodeInside, '--version'],
      workingFolder: '/',
    });
    const { stdout } = await promisify(execFile)(file, args, { timeout: 5_000 });
    return stdout.trim() === process.version;
  } catch {
    return false; // No such program, or not allowed: functions run without.
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
