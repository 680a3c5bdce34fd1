import { captureError, type CapturePlace } from './capture-error.ts';
import { captureLimits, type CapturedAlternate, type CapturedConfiguration, type CapturedEndpoint, type ClassTriple } from './captured-device.ts';

/** An alternate setting while its descriptors are read. */
export interface GrowingAlternate {
  readonly place: CapturePlace;
  readonly number: number;
  readonly setting: number;
  readonly class: ClassTriple;
  readonly name?: string;
  /** bNumEndpoints. */
  readonly endpointCount: number;
  readonly extra: Uint8Array[];
  readonly endpoints: CapturedEndpoint[];
  readonly lost: string[];
  reportDescriptor?: Uint8Array;
}

export interface GrowingConfiguration {
  readonly place: CapturePlace;
  readonly value: number;
  readonly attributes: number;
  readonly maxPower: number;
  /** bNumInterfaces. */
  readonly interfaceCount: number;
  readonly associations: CapturedConfiguration['associations'][number][];
  readonly alternates: GrowingAlternate[];
}

/** Adds an interface descriptor, within the limits. @throws HwlabError usage `capture-too-big` */
export function addAlternate(configuration: GrowingConfiguration, alternate: GrowingAlternate): void {
  if (configuration.alternates.length >= captureLimits.interfaces * captureLimits.alternates || configuration.alternates.filter(({ number }) => number === alternate.number).length >= captureLimits.alternates) {
    throw captureError('capture-too-big', `more than ${captureLimits.alternates} settings of interface ${alternate.number}`, at(alternate.place, '/configuration/interfaces'));
  }
  configuration.alternates.push(alternate);
}

/**
 * Puts settings under their interfaces and checks the counts that the descriptors give: a capture that ends too soon does not keep them.
 * @param end where the capture of this device ends
 * @throws HwlabError usage `capture-cut-off`, `capture-too-big` or `capture-contradicts`
 */
export function finishConfiguration(growing: GrowingConfiguration, end: CapturePlace): CapturedConfiguration {
  const numbers = [...new Set(growing.alternates.map(({ number }) => number))].sort((a, b) => a - b);
  if (growing.interfaceCount > captureLimits.interfaces || numbers.length > captureLimits.interfaces) {
    throw captureError('capture-too-big', `${Math.max(growing.interfaceCount, numbers.length)} interfaces; a device has at most ${captureLimits.interfaces}`, at(growing.place, '/configuration/interfaces'));
  }
  if (numbers.length < growing.interfaceCount) {
    throw captureError('capture-cut-off', `the configuration has ${growing.interfaceCount} interfaces, the capture shows ${numbers.length}`, at(end, `/configuration/interfaces/${numbers.length}`), 'take the capture again, whole');
  }
  if (numbers.length > growing.interfaceCount) {
    throw captureError('capture-contradicts', `the configuration says ${growing.interfaceCount} interfaces, ${numbers.length} are described`, at(growing.place, '/configuration/interfaces'));
  }
  if (numbers.length === 0) throw captureError('capture-contradicts', 'the configuration has no interface', at(growing.place, '/configuration/interfaces'));
  const interfaces = numbers.map((number, index) => {
    const taken = new Set<number>();
    const own = growing.alternates.filter((alternate) => alternate.number === number).sort((a, b) => a.setting - b.setting);
    return { number, alternates: own.map((alternate, place) => finishAlternate(alternate, taken, `/configuration/interfaces/${index}/alternates/${place}`, alternate === growing.alternates.at(-1) ? end : alternate.place)) };
  });
  return { place: growing.place, value: growing.value, attributes: growing.attributes, maxPower: growing.maxPower, associations: growing.associations, interfaces };
}

function finishAlternate(alternate: GrowingAlternate, taken: Set<number>, pointer: string, end: CapturePlace): CapturedAlternate {
  const { place, endpoints, endpointCount, extra, lost, name, reportDescriptor } = alternate;
  if (taken.has(alternate.setting)) {
    throw captureError('capture-contradicts', `interface ${alternate.number} has alternate setting ${alternate.setting} twice`, at(place, pointer));
  }
  taken.add(alternate.setting);
  if (endpoints.length < endpointCount) throw captureError('capture-cut-off', `${endpointCount} endpoints are announced, ${endpoints.length} are described`, at(end, `${pointer}/endpoints/${endpoints.length}`), 'take the capture again, whole');
  if (endpoints.length > endpointCount) throw captureError('capture-contradicts', `${endpointCount} endpoints are announced, ${endpoints.length} are described`, at(place, `${pointer}/endpoints`));
  return { place, setting: alternate.setting, class: alternate.class, ...(name === undefined ? {} : { name }), extra, endpoints, lost, ...(reportDescriptor === undefined ? {} : { reportDescriptor }) };
}

function at(place: CapturePlace, pointer: string): CapturePlace {
  return { ...place, pointer };
}
