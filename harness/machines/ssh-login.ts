import type { ShellAddress } from '../drivers/ssh/connect-shell.ts';
import type { BootableImage } from './bootable-image.ts';
import type { SeedKeys } from './seed-keys.ts';

/** How to log in to a machine that runs `image`: with the key it was seeded with, else with the login that its record names. */
export function sshLogin(image: BootableImage, port: number, keys: SeedKeys | undefined, hostKey = keys?.hostKey ?? ''): ShellAddress {
  const { username, password, privateKeyFile } = image.record.login;
  const keyFile = keys?.loginKeyFile ?? privateKeyFile;
  return {
    host: '127.0.0.1',
    port,
    username,
    ...(keyFile === undefined ? {} : { privateKeyFile: keyFile }),
    ...(password === undefined ? {} : { password }),
    hostKey,
  };
}
