import { InvalidArgumentError } from 'commander';
import type { RedirEndpoint } from '../emulation/redirected/redirected-device.ts';

/** `HOST:PORT` of a command line. @throws InvalidArgumentError */
export function redirEndpoint(text: string): RedirEndpoint {
  const [, host = '', port = ''] = /^\[?([\w.:-]+?)\]?:(\d{1,5})$/.exec(text) ?? [];
  if (host === '' || Number(port) > 65_535) throw new InvalidArgumentError('HOST:PORT, for example 127.0.0.1:42100');
  return { host, port: Number(port) };
}
