/**
 * A server in a view of the machine that holds nothing to reach: no network, no other process, no
 * program but PostgreSQL's own, no file but the system's libraries, all read-only but its data and
 * socket folder, and no way to more rights. Linux namespaces by util-linux: as root directly; as an
 * ordinary user in a user namespace in which mounts are allowed, and in a second one in which the
 * server is an ordinary user again, because PostgreSQL refuses to run as uid 0.
 */
import { spawnSync } from 'node:child_process'
import type { Launch } from './server-process.ts'
import type { RunAs } from './binaries.ts'

/** What a confined server sees of the machine; all are folders that exist. */
export interface Reach {
  /** An empty folder over which the server's view is built. */
  readonly root: string
  /** PostgreSQL's own folder, with bin, lib and share. */
  readonly binaries: string
  readonly data: string
  readonly socket: string
}

/** Where the server finds its folders, from its own point of view. */
export const inside = { binaries: '/postgres', data: '/data', socket: '/socket' } as const

/**
 * Builds the view in $1 out of binaries, data and socket folder ($2, $3, $4) and runs the rest. A
 * folder that is not listed does not exist there: so there is no shell for COPY ... TO PROGRAM, and
 * no socket of another server. No bind mount is recursive.
 */
const buildView = `
set -eu
root=$1 binaries=$2 data=$3 socket=$4; shift 4
show() { mount --bind "$1" "$2"; mount -o "remount,bind,$3" "$2"; }
mount -t tmpfs -o mode=0755,size=1m,nosuid,nodev tmpfs "$root"
mkdir "$root/postgres" "$root/data" "$root/socket" "$root/dev" "$root/etc"
for folder in lib lib32 lib64 libx32 usr/lib usr/lib32 usr/lib64 usr/libx32 usr/local/lib \\
  nix/store gnu/store; do
  if [ -L "/$folder" ]; then
    mkdir -p "$root/\${folder%/*}"; rmdir "$root/$folder" 2>/dev/null || :
    ln -s "$(readlink "/$folder")" "$root/$folder"
  elif [ -d "/$folder" ]; then
    mkdir -p "$root/$folder"; show "/$folder" "$root/$folder" ro,nosuid,nodev
  fi
done
if [ -f /etc/ld.so.cache ]; then
  : > "$root/etc/ld.so.cache"; show /etc/ld.so.cache "$root/etc/ld.so.cache" ro,nosuid,nodev,noexec
fi
for device in null urandom; do : > "$root/dev/$device"; mount --bind "/dev/$device" "$root/dev/$device"; done
show "$binaries" "$root/postgres" ro,nosuid,nodev
show "$data" "$root/data" rw,nosuid,nodev,noexec
show "$socket" "$root/socket" rw,nosuid,nodev,noexec
mount -o remount,bind,ro,nosuid,nodev "$root"
exec "$@"
`

const namespaces = ['--net', '--mount', '--pid', '--ipc', '--uts', '--fork', '--kill-child']

/**
 * The launch of PostgreSQL's binary with arguments, confined. It ends when this process does,
 * however that ends.
 */
export function confined(args: readonly string[], reach: Reach, runAs: RunAs): Launch {
  const { root, binaries, data, socket } = reach
  const program = [`${inside.binaries}/bin/postgres`, ...args]
  const user = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  const [own, lowered] =
    runAs !== null
      ? [[], ['chroot', `--userspec=+${runAs.uid}:+${runAs.gid}`, '--groups=', root]]
      : [
          ['--user', '--map-root-user'],
          [
            'unshare',
            '--user',
            `--map-user=${user.uid}`,
            `--map-group=${user.gid}`,
            `--root=${root}`,
            '--wd=/',
          ],
        ]
  const apart = ['--pdeathsig', 'KILL', 'unshare', ...own, ...namespaces, '--']
  const viewed = ['sh', '-c', buildView, 'sh', root, binaries, data, socket]
  return {
    command: 'setpriv',
    args: [...apart, ...viewed, 'setpriv', '--no-new-privs', ...lowered, ...program],
    runAs: null,
    cwd: '/',
    // Without /proc the loader does not find libraries beside the binary by itself.
    environment: {
      PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
      LD_LIBRARY_PATH: `${inside.binaries}/lib`,
    },
  }
}

/**
 * Why a server cannot be confined here, in a clause; null when it can. It is tried with the
 * server's own binary.
 */
export function whyNotConfined(reach: Reach, runAs: RunAs): string | null {
  if (process.platform !== 'linux') return `${process.platform} has no namespaces`
  const { command, args, cwd, environment } = confined(['--version'], reach, runAs)
  const tried = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    timeout: 10_000,
    env: environment,
  })
  if (tried.status === 0 && tried.stdout.startsWith('postgres (PostgreSQL)')) return null
  if (tried.error !== undefined) return `${command} does not run (${tried.error.message})`
  const [said = ''] = tried.stderr.trim().split('\n')
  return said === '' ? `${command} ended with ${tried.status ?? tried.signal}` : said
}
