import type { NetworkIdentity } from '../../emulation/network-mfp/network-device.ts';
import { quote } from '../../wire/shell-quote.ts';

/** The LAN inside the guest: a bridge with the guest's own address, and one network namespace a device; RFC 5737's 192.0.2.0/24. */
const bridge = 'lan0';

/** Names and addresses of device number `index` (0..) on the guest's LAN. */
export interface LanPlace {
  readonly namespace: string;
  readonly cable: string;
  readonly address: string;
  readonly folder: string;
  /** Unix socket behind the device's TCP ports. */
  readonly socket: string;
}

export function lanPlace(index: number): LanPlace {
  const namespace = `hwlab-lan${index}`;
  const folder = `/run/${namespace}`;
  return { namespace, cable: `lanport${index}`, address: `192.0.2.${10 + index}`, folder, socket: `${folder}/http.sock` };
}

/** The folder with what the device's mDNS responder reads; the socket is made in it. */
export function prepareCommand({ folder, socket }: LanPlace, identity: NetworkIdentity): string {
  return [
    'set -e',
    `rm -rf ${folder}; mkdir -p ${folder}/services; rm -f ${socket}`,
    `cat > ${folder}/avahi.conf <<'EOF'\n${responderSettings(identity)}EOF`,
    ...(identity.services.length > 0 ? [`cat > ${folder}/services/device.service <<'EOF'\n${serviceFile(identity)}EOF`] : []),
  ].join('\n');
}

/**
 * Plugs the cable in: the namespace is the device, with its own address, its own mDNS responder (the image's avahi-daemon, apart from the one that the
 * guest itself runs), and TCP ports that lead to the emulation. Ends when the ports listen.
 */
export function plugCommand(place: LanPlace, identity: NetworkIdentity): string {
  const { namespace, cable, address, folder, socket } = place;
  const { ports } = identity;
  const inside = `ip netns exec ${namespace}`;
  const unit = (name: string): string => `systemd-run --quiet --collect --unit ${namespace}-${name}`;
  const responder = `mkdir -p /run/avahi-daemon && mount -t tmpfs tmpfs /run/avahi-daemon && mount --bind ${folder}/services /etc/avahi/services && exec avahi-daemon -f ${folder}/avahi.conf --no-drop-root --no-chroot --no-rlimits`;
  return [
    'set -e',
    `ip link show ${bridge} >/dev/null 2>&1 || { ip link add ${bridge} type bridge; ip addr add 192.0.2.1/24 dev ${bridge}; ip link set ${bridge} up; }`,
    `ip netns add ${namespace}`,
    `ip link add ${cable} type veth peer name eth0 netns ${namespace}`,
    `ip link set ${cable} master ${bridge}`,
    `ip -n ${namespace} link set lo up`,
    `ip -n ${namespace} addr add ${address}/24 dev eth0`,
    `ip -n ${namespace} link set eth0 up`,
    `ip link set ${cable} up`,
    `${unit('http')} ${inside} systemd-socket-activate ${ports.map((port) => `-l ${address}:${port}`).join(' ')} /lib/systemd/systemd-socket-proxyd ${socket}`,
    `${unit('mdns')} ${inside} sh -c ${quote(responder)}`,
    `i=0; while [ "$(${inside} ss -Hltn | wc -l)" -lt ${ports.length} ]; do [ $i -lt 200 ] || { echo "no TCP port of the device listens" >&2; exit 1; }; sleep 0.1; i=$((i+1)); done`,
  ].join('\n');
}

/** Pulls the cable out: no goodbye is said, the device is gone. */
export function unplugCommand({ namespace, cable }: LanPlace): string {
  const units = `${namespace}-mdns ${namespace}-http`;
  return `ip link set ${cable} down; systemctl kill --signal=KILL ${units}; systemctl stop ${units}; ip link del ${cable}; ip netns del ${namespace}; true`;
}

function responderSettings({ hostName }: NetworkIdentity): string {
  return `[server]
host-name=${hostName}
use-ipv4=yes
use-ipv6=no
enable-dbus=no
allow-interfaces=eth0
[publish]
publish-hinfo=no
publish-workstation=no
`;
}

function serviceFile({ serviceName, services }: NetworkIdentity): string {
  const entries = services.map(({ type, subtypes, port, txt }) =>
    [
      '<service>',
      `<type>${xml(type)}</type>`,
      ...subtypes.map((subtype) => `<subtype>${xml(`${subtype}._sub.${type}`)}</subtype>`),
      `<port>${port}</port>`,
      ...txt.map((entry) => `<txt-record>${xml(entry)}</txt-record>`),
      '</service>',
    ].join('\n'),
  );
  return `<?xml version="1.0" standalone="no"?>\n<!DOCTYPE service-group SYSTEM "avahi-service.dtd">\n<service-group>\n<name>${xml(serviceName)}</name>\n${entries.join('\n')}\n</service-group>\n`;
}

function xml(text: string): string {
  return text.replace(/[&<>"\p{Cc}]/gu, (sign) => (sign < ' ' ? ' ' : `&#${sign.charCodeAt(0)};`));
}
