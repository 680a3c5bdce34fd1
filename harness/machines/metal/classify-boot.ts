import type { BootRequest } from '../../drivers/netboot/boot-log.ts';
import type { BootEvidence, BootPatience, BootVerdict } from './boot-evidence.ts';

type Rule = (seen: BootEvidence, patience: BootPatience) => BootVerdict | undefined;

/** What is wrong with a start; undefined while nothing is, or nothing can be told yet. Pure: the same evidence gives the same answer. */
export function classifyBoot(seen: BootEvidence, patience: BootPatience): BootVerdict | undefined {
  for (const rule of rules) {
    const verdict = rule(seen, patience);
    if (verdict) return verdict;
  }
  return undefined;
}

/** In this order: what explains more comes first. */
const rules: readonly Rule[] = [lostPower, panicked, agentFailed, scriptFailed, brokenTransfer, stalledTransfer, noAddress, serverNotFound, nothingArmed, nothingOnDisk, noConsole, firmwareHangs, systemHangs, noShell];

/** What our first root says, as `LAB-NETBOOT-FAIL word`; who is to blame for each. */
const agentReasons: Readonly<Record<string, { readonly blame: BootVerdict['blame']; readonly says: string }>> = {
  'bad-checksum': { blame: 'lab', says: 'what arrived or what was written is not what was sent' },
  'root-unreachable': { blame: 'lab', says: "the image's system did not arrive" },
  'root-cut': { blame: 'lab', says: "the image's system arrived in part" },
  'no-network-driver': { blame: 'product', says: "no driver of the image's kernel took the network card" },
  'network-down': { blame: 'product', says: "the network card does not come up with the image's driver" },
  'no-memory': { blame: 'lab', says: 'the machine has too little memory to hold the system; install it instead' },
  'root-not-mounted': { blame: 'product', says: "the image's kernel cannot mount the live system" },
  'no-init': { blame: 'product', says: 'the image has no first program' },
  'no-seed': { blame: 'lab', says: "the lab's keys did not arrive" },
};

function lostPower({ power, poweredAt }: BootEvidence): BootVerdict | undefined {
  // One reading may have been on its way when the power came.
  const after = power.filter(({ at }) => at > poweredAt + 1000);
  const last = after.at(-1);
  if (last?.state !== 'off' || after.at(-2)?.state !== 'off') return undefined;
  return { code: 'machine-lost-power', blame: 'lab', retryable: true, message: 'the machine was switched on and is off again', advice: 'look at its outlet and its power supply; a machine that its system switches off does the same', evidence: [`power read as off at ${seconds(last.at - poweredAt)}`], at: last.at };
}

function panicked({ lines }: BootEvidence): BootVerdict | undefined {
  const line = lines.find(({ text }) => text.includes('Kernel panic - not syncing'));
  return line && { code: 'guest-panicked', blame: 'product', retryable: false, message: `the kernel panicked: ${after(line.text, 'Kernel panic')}`, evidence: lines.slice(Math.max(0, lines.indexOf(line) - 5), lines.indexOf(line) + 1).map(({ text }) => text), at: line.at };
}

function agentFailed(seen: BootEvidence): BootVerdict | undefined {
  const line = seen.lines.find(({ text }) => /LAB-NETBOOT-FAIL [a-z]/.test(text));
  const report = seen.requests.find(({ name, report: told }) => name === 'report' && told?.['state'] === 'failed');
  const told = /LAB-NETBOOT-FAIL (\S+)/.exec(line?.text ?? '')?.[1] ?? report?.report?.['reason'];
  if (told === undefined) return undefined;
  // Whoever booted says it, so it becomes a code only where it looks like one.
  const reason = /^[a-z][a-z-]{0,39}$/.test(told) ? told : 'something unknown';
  const known = agentReasons[reason];
  const detail = line ? line.text.slice(line.text.indexOf(told) + told.length).trim() : '';
  const code = reason.startsWith('install-') || known ? reason : 'netboot-failed';
  // A disk that is too small, or one of several, is so the next time too.
  const stays = /^install-(no-disk|which-disk|disk-too-small|disk-in-use)$/.test(reason);
  return { code, blame: known?.blame ?? 'lab', retryable: (known?.blame ?? 'lab') === 'lab' && !stays, message: `${known?.says ?? `the machine says ${reason}`}${detail === '' ? '' : `: ${detail}`}`, evidence: [...(line ? [line.text] : []), ...(report ? [asText(report)] : [])], at: line?.at ?? report?.endedAt ?? 0 };
}

/** iPXE gave up after it had our script; the server's log says what on. */
function scriptFailed(seen: BootEvidence): BootVerdict | undefined {
  const line = seen.lines.find(({ text }) => /LAB-NETBOOT-FAIL (0x)?[0-9a-f]{6,8}\b/.test(text));
  if (!line) return undefined;
  const refused = seen.requests.find(isMissing);
  if (refused) return missingFile(refused, [line.text], line.at);
  const cut = seen.requests.find(isCut);
  if (cut) return cutFile(cut, [line.text], line.at);
  if (seen.lines.some(({ text }) => /Exec format error/.test(text))) {
    return { code: 'not-a-kernel', blame: 'product', retryable: false, message: "the image's kernel file is no kernel that this firmware starts", evidence: [...seen.lines.filter(({ text }) => /Exec format error/.test(text)).map(({ text }) => text), line.text], at: line.at };
  }
  return { code: 'ipxe-failed', blame: 'lab', retryable: true, message: `iPXE stopped: ${line.text.trim()}`, advice: 'the number is explained at ipxe.org/ followed by it', evidence: seen.lines.slice(-5).map(({ text }) => text), at: line.at };
}

/** Without a console the server's log alone shows it, once the machine has not asked again for a while. */
function brokenTransfer(seen: BootEvidence): BootVerdict | undefined {
  const last = seen.requests.at(-1);
  if (!last || seen.transfers.length > 0 || seen.now - last.endedAt < 10_000) return undefined;
  if (isMissing(last)) return missingFile(last, [], last.endedAt);
  return isCut(last) ? cutFile(last, [], last.endedAt) : undefined;
}

function stalledTransfer({ transfers, now }: BootEvidence, { stall }: BootPatience): BootVerdict | undefined {
  const slow = transfers.find(({ progressAt }) => now - progressAt > stall);
  if (!slow) return undefined;
  return { code: 'boot-transfer-stalled', blame: 'lab', retryable: true, message: `${slow.name} stands still at ${slow.bytes} of ${slow.total} bytes`, advice: 'look at the cable, the port of the switch and the load of this host', evidence: [`${slow.name}: ${slow.bytes} of ${slow.total} bytes, none for ${seconds(now - slow.progressAt)}`], at: slow.progressAt + stall };
}

function noAddress(seen: BootEvidence): BootVerdict | undefined {
  if (seen.goal === 'disk' || seen.requests.length > 0) return undefined;
  const answered = seen.dhcp.some(({ kind }) => kind === 'ack' || kind === 'proxy');
  const gaveUp =
    seen.lines.find(({ text }) => /No configuration methods succeeded|PXE-E(18|51|52|53|16)\b|No boot filename received/.test(text)) ??
    // An address by IPv6, which our router advertisement gives, is none to boot with.
    (seen.dhcp.some(({ kind }) => kind === 'ignored') && !answered ? seen.lines.find(({ text }) => /^Nothing to boot|No more network devices/.test(text)) : undefined);
  const asked = seen.dhcp.filter(({ kind }) => kind === 'discover' || kind === 'ignored');
  const silentSince = asked.at(-1)?.at ?? Infinity;
  const waited = asked.length >= 3 && !answered && seen.now - silentSince > 15_000;
  if (!gaveUp && !waited) return undefined;
  const said = asked.length === 0 ? 'no question from it was seen on the wire' : `${asked.length} questions from it were seen${seen.dhcp.some(({ kind }) => kind === 'offer' || kind === 'ack') ? ' and answered' : ' and not answered'}`;
  return { code: 'no-dhcp', blame: 'lab', retryable: true, message: `the machine got no address from the network: ${said}`, advice: asked.length === 0 ? 'look at its cable, the switch, and that its MAC address stands right in the lab file' : 'look at the DHCP server of this network', evidence: [...(gaveUp ? [gaveUp.text] : []), ...asked.slice(-3).map(({ kind, mac }) => `DHCP ${kind} ${mac ?? ''}`)], at: gaveUp?.at ?? silentSince };
}

/** It has an address, and our first script was never asked for. */
function serverNotFound(seen: BootEvidence): BootVerdict | undefined {
  if (seen.goal === 'disk' || seen.requests.length > 0) return undefined;
  const line = seen.lines.find(({ text }) => /No more network devices|Connection (refused|timed out|reset)|https?:\/\/\S+\.\.\.+ .*(refused|timed out|error)/i.test(text));
  if (!line) return undefined;
  return { code: 'boot-server-unreachable', blame: 'lab', retryable: true, message: 'the machine has an address and does not reach the boot server', advice: "check the host's firewall and the address of the provisioning network", evidence: [line.text], at: line.at };
}

function nothingArmed({ lines, goal }: BootEvidence): BootVerdict | undefined {
  if (goal === 'disk') return undefined;
  const line = lines.find(({ text }) => text.includes('LAB-NETBOOT none'));
  return line && { code: 'netboot-not-armed', blame: 'lab', retryable: true, message: 'the machine asked for what to boot under an address that is not the one in the lab file', advice: 'compare the MAC address on the console with the lab file', evidence: lines.filter(({ text }) => text.includes('LAB-NETBOOT')).map(({ text }) => text), at: line.at };
}

/** It is to start from its disk, and its firmware or the first code on the disk says that there is nothing to start. */
function nothingOnDisk({ lines, goal }: BootEvidence): BootVerdict | undefined {
  if (goal !== 'disk') return undefined;
  const line = lines.find(({ text }) => /No bootable device|No bootable option|(Missing|No) operating system|Operating system not found|Reboot and Select proper Boot device/i.test(text));
  return line && { code: 'disk-does-not-boot', blame: 'product', retryable: false, message: `the firmware finds nothing to start on the disk that was written: ${line.text.trim()}`, advice: 'the image must have a boot loader for this firmware: BIOS or UEFI', evidence: [line.text], at: line.at };
}

/** The boot server hears the machine, so it lives and prints; nothing of it arrives. */
function noConsole(seen: BootEvidence): BootVerdict | undefined {
  if (seen.console === 'none') return undefined;
  const script = seen.requests.find(({ name, status }) => name === 'machine.ipxe' && status === 200);
  if (seen.console === 'lost') {
    return { code: 'no-console', blame: 'lab', retryable: true, message: "the link to the machine's console is lost", advice: 'look at the serial cable, or at the BMC', evidence: ['console: lost'], at: seen.lines.at(-1)?.at ?? seen.poweredAt };
  }
  if (!script || seen.lines.length > 0 || seen.now - script.endedAt < 10_000) return undefined;
  return { code: 'no-console', blame: 'lab', retryable: true, message: 'the machine boots, and nothing of it comes over its console', advice: 'look at the serial cable, the speed, and the console settings of the firmware', evidence: [asText(script), 'console: connected, 0 lines'], at: script.endedAt };
}

function firmwareHangs(seen: BootEvidence, { firmware }: BootPatience): BootVerdict | undefined {
  if (seen.requests.length > 0 || seen.dhcp.some(({ kind }) => kind !== 'ignored') || seen.lines.some(({ text }) => text.includes('Linux version')) || (seen.goal === 'disk' && seen.ssh.some(({ outcome }) => outcome !== 'silent'))) return undefined;
  const lastSign = Math.max(seen.poweredAt, seen.lines.at(-1)?.at ?? 0);
  if (seen.now - lastSign <= firmware) return undefined;
  return { code: 'firmware-hang', blame: 'lab', retryable: true, message: `the machine is on and its firmware starts nothing: no sign for ${seconds(seen.now - lastSign)}`, advice: 'look at its screen: a password, a question about its clock, or no network boot in its settings', evidence: [`last line: ${seen.lines.at(-1)?.text ?? 'none'}`, 'DHCP: nothing', 'HTTP: nothing'], at: lastSign + firmware };
}

/** It was on its way, and fell silent everywhere. */
function systemHangs(seen: BootEvidence, { quiet }: BootPatience): BootVerdict | undefined {
  const started = seen.goal === 'disk' ? seen.lines.length > 0 : seen.requests.some(({ name, complete, status }) => name === 'initrd' && complete && status < 300);
  if (!started || seen.transfers.length > 0 || up(seen) !== undefined) return undefined;
  const lastLine = seen.lines.at(-1);
  const lastSign = Math.max(seen.poweredAt, lastLine?.at ?? 0, seen.requests.at(-1)?.endedAt ?? 0, ...seen.ssh.filter(({ outcome }) => outcome !== 'silent').map(({ at }) => at));
  if (seen.now - lastSign <= quiet) return undefined;
  return { code: 'guest-hang', blame: 'product', retryable: true, message: `the system hangs while it starts: nothing on console and network for ${seconds(seen.now - lastSign)}`, evidence: [`last line: ${lastLine?.text ?? 'none'}`, `last request: ${seen.requests.at(-1) ? asText(seen.requests.at(-1) as BootRequest) : 'none'}`], at: lastSign + quiet };
}

/** The system says that it is up, and its SSH server does not let anybody in. */
function noShell(seen: BootEvidence, { shell }: BootPatience): BootVerdict | undefined {
  const since = up(seen);
  if (since === undefined || seen.now - since <= shell || seen.ssh.some(({ outcome }) => outcome === 'greeted')) return undefined;
  const last = seen.ssh.at(-1);
  const refused = last?.outcome === 'refused';
  return {
    code: refused ? 'ssh-refused' : 'system-not-reachable',
    blame: 'product',
    retryable: true,
    message: refused ? 'the system is up and refuses connections to its SSH server' : 'the system is up and does not answer on the network',
    evidence: [seen.lines.find(({ at }) => at === since)?.text ?? '', `SSH: ${seen.ssh.length} tries, the last ${last?.outcome ?? 'not made'}`],
    at: since + shell,
  };
}

/** When the system showed that it is up: a login prompt, or a refused connection of a system that has left our first root. */
function up({ lines, goal }: BootEvidence): number | undefined {
  const switched = goal === 'disk' ? 0 : lines.find(({ text }) => text.includes('LAB-NETBOOT switch'))?.at;
  if (switched === undefined) return undefined;
  return lines.find(({ at, text }) => at >= switched && /\blogin: *$/.test(text))?.at;
}

function isMissing({ status, name }: BootRequest): boolean {
  return status === 404 && name !== '' && name !== 'machine.ipxe';
}

function isCut({ complete, name }: BootRequest): boolean {
  return !complete && name !== '';
}

function missingFile(request: BootRequest, more: readonly string[], at: number): BootVerdict {
  return { code: 'boot-file-missing', blame: 'lab', retryable: true, message: `the boot server has no ${request.name} for this machine`, evidence: [asText(request), ...more], at };
}

function cutFile(request: BootRequest, more: readonly string[], at: number): BootVerdict {
  return { code: 'boot-transfer-cut', blame: 'lab', retryable: true, message: `the transfer of ${request.name} was cut after ${request.bytes} of ${request.total} bytes`, evidence: [asText(request), ...more], at };
}

function asText({ name, status, bytes, total, complete }: BootRequest): string {
  return `HTTP ${name} ${status} ${bytes}/${total} ${complete ? 'complete' : 'incomplete'}`;
}

function after(text: string, mark: string): string {
  return text.slice(text.indexOf(mark)).slice(0, 200);
}

function seconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 1000)} s`;
}
