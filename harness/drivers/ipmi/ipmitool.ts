import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { runCommand } from '../../base/run-command.ts';
import type { Secret } from '../../base/secret.ts';

/** A machine's management controller that speaks IPMI 2.0 over the network (RMCP+). */
export interface IpmiAccess {
  readonly host: string;
  /** 623 by default. */
  readonly port?: number;
  readonly user: string;
  readonly password: Secret;
  /** Cipher suite (IPMI 2.0, table 22-20): 3 is what every controller had to have, 17 (SHA-256) what new ones want. 3 by default. */
  readonly cipher?: number;
}

/** Names the controller in messages. */
export function ipmiName(access: IpmiAccess): string {
  return `IPMI ${access.host}${access.port === undefined ? '' : `:${access.port}`}`;
}

/**
 * Arguments of ipmitool up to the command. The password is not among them: `-E` takes it from the environment (`ipmiEnvironment`).
 * `-N 1 -R 1`: a dead controller is known in 2 s instead of 20; `-v` tells a wrong password from no answer.
 */
export function ipmiArguments(access: IpmiAccess): string[] {
  for (const word of [access.host, access.user]) {
    if (!/^[\w.:@+][\w.:@+ -]*$/.test(word)) throw new HwlabError({ code: 'lab-file', blame: 'usage', message: `IPMI: ${JSON.stringify(word)} is no host name and no user name`, advice: 'mend it in the lab file' });
  }
  return ['-v', '-I', 'lanplus', '-C', String(access.cipher ?? 3), '-N', '1', '-R', '1', '-H', access.host, '-p', String(access.port ?? 623), '-U', access.user, '-E'];
}

export function ipmiEnvironment(access: IpmiAccess): Record<string, string> {
  return { IPMI_PASSWORD: access.password.reveal(), LC_ALL: 'C' };
}

/**
 * Runs one ipmitool command; about 0.3 s. An exit code of 0 says that the controller took it, and for `bootdev` not even that.
 * @throws HwlabError `power-refused`, `power-unreachable`, `power-does-not-obey`, `command-missing`
 */
export async function ipmitool(access: IpmiAccess, command: readonly string[], deadline: Deadline): Promise<string> {
  const name = ipmiName(access);
  const what = `${name}: ${command.join(' ')}`;
  let result;
  try {
    result = await runCommand('ipmitool', [...ipmiArguments(access), ...command], { deadline, env: ipmiEnvironment(access), maxOutput: 256 * 1024, accept: Array.from({ length: 256 }, (_, code) => code) });
  } catch (error) {
    if (error instanceof HwlabError && error.code === 'deadline-exceeded') throw new HwlabError({ code: 'power-unreachable', blame: 'lab', retryable: true, message: `${what}: no answer in time`, cause: error.cause });
    throw error;
  }
  if (result.exitCode === 0) return result.stdout;
  const said = access.password.scrub(`${result.stderr}\n${result.stdout}`).trim();
  throw ipmiError(name, command.join(' '), said);
}

/** What ipmitool's words mean; those of 1.8.19, tried against ipmi_sim of OpenIPMI 2.0.33. */
export function ipmiError(name: string, command: string, said: string): HwlabError {
  const facts = { command, said: said.slice(-600) };
  if (/RAKP 2 HMAC is invalid|RAKP [24] message indicates an error : (unauthorized name|.*(invalid|unauthorized))|[Ii]nsufficient privilege|[Uu]nauthorized|Invalid user name|password/.test(said)) {
    return new HwlabError({ code: 'power-refused', blame: 'lab', message: `${name} refuses the user or the password (${command})`, advice: 'check user, password and that the user is an administrator of the LAN channel', facts });
  }
  if (/invalid (authentication|integrity|confidentiality) algorithm|no matching cipher suite|Unsupported cipher/i.test(said)) {
    return new HwlabError({ code: 'power-refused', blame: 'lab', message: `${name} does not take this cipher suite`, advice: 'set "cipher": 17 for a new controller, 3 for an old one', facts });
  }
  if (/Unable to establish|no response|Get Auth Capabilities error|Could not open socket|lookup failed|timeout|unreachable|Address lookup/i.test(said)) {
    return new HwlabError({ code: 'power-unreachable', blame: 'lab', retryable: true, message: `${name} does not answer (${command})`, advice: 'check its cable, its address and that IPMI over LAN is switched on in its settings', facts });
  }
  return new HwlabError({ code: 'power-does-not-obey', blame: 'lab', message: `${name} refuses ${command}: ${said.split('\n').at(-1)?.slice(0, 200) ?? ''}`, facts });
}
