import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SimulatedSwitch } from '../../capabilities/testing/simulated-switch.ts';
import { HttpSimulator, type HttpSimulatorOptions } from './http-simulator.ts';

export interface AmtSimulatorOptions extends HttpSimulatorOptions {
  readonly user: string;
  readonly password: string;
}

const cim = 'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2';
const realm = 'Digest:48574C41420000000000000000000000';

/**
 * The part of Intel AMT that switches power, over a simulated button: HTTP with a digest, WS-Management's Identify, Get and
 * RequestPowerStateChange. Written from the DMTF's profiles and not against a real machine. Its ProductVendor says that it is a simulator.
 */
export class AmtSimulator extends HttpSimulator {
  readonly button: SimulatedSwitch;
  readonly #options: AmtSimulatorOptions;
  readonly #nonces = new Map<string, number>();
  /** Requests that a nonce is good for. */
  uses = 20;

  private constructor(button: SimulatedSwitch, options: AmtSimulatorOptions) {
    super(options);
    this.button = button;
    this.#options = options;
  }

  static async start(button: SimulatedSwitch, options: AmtSimulatorOptions): Promise<AmtSimulator> {
    const simulator = new AmtSimulator(button, options);
    await simulator.revive();
    return simulator;
  }

  protected override async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const piece of request as AsyncIterable<Buffer>) text = (text + piece.toString()).slice(0, 65_536);
    if (request.method !== 'POST' || request.url !== '/wsman') return void response.writeHead(404).end();
    if (!this.#knows(String(request.headers.authorization ?? ''))) {
      const nonce = randomBytes(16).toString('hex');
      this.#nonces.set(nonce, 0);
      return void response.writeHead(401, { 'WWW-Authenticate': `Digest realm="${realm}", nonce="${nonce}",stale="false",qop="auth"` }).end();
    }
    if (this.button.fault === 'garbage') return void response.writeHead(200, { 'Content-Type': 'application/soap+xml' }).end('<a:Envelope><a:Body></wrong>');
    const [status, body] = this.#answer(text);
    const envelope = `<?xml version="1.0" encoding="UTF-8"?><a:Envelope xmlns:a="http://www.w3.org/2003/05/soap-envelope" xmlns:g="${cim}/CIM_AssociatedPowerManagementService" xmlns:h="${cim}/CIM_PowerManagementService"><a:Header/><a:Body>${body}</a:Body></a:Envelope>`;
    response.writeHead(status, { 'Content-Type': 'application/soap+xml; charset=UTF-8' }).end(envelope);
  }

  #answer(text: string): [number, string] {
    if (/<\w+:Identify\b/.test(text)) return [200, '<i:IdentifyResponse xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"><i:ProtocolVersion>http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd</i:ProtocolVersion><i:ProductVendor>hwlab simulator</i:ProductVendor><i:ProductVersion>0</i:ProductVersion></i:IdentifyResponse>'];
    const resource = /ResourceURI[^>]*>\s*([^<\s]+)/.exec(text)?.[1] ?? '';
    if (/Action[^>]*>[^<]*transfer\/Get\s*</.test(text) && resource === `${cim}/CIM_AssociatedPowerManagementService`) {
      return [200, `<g:CIM_AssociatedPowerManagementService><g:AvailableRequestedPowerStates>2</g:AvailableRequestedPowerStates><g:PowerState>${this.button.power === 'on' ? 2 : 8}</g:PowerState></g:CIM_AssociatedPowerManagementService>`];
    }
    const wanted = /<\w+:RequestPowerStateChange_INPUT\b[\s\S]*?<\w+:PowerState>(\d+)</.exec(text)?.[1];
    if (resource === `${cim}/CIM_PowerManagementService` && wanted !== undefined) {
      const command = ({ 2: 'on', 8: 'off', 12: 'shutdown' } as const)[Number(wanted)];
      const system = /Selector Name="Name">ManagedSystem</.test(text);
      if (command !== undefined && system) this.button.press(command);
      return [200, `<h:RequestPowerStateChange_OUTPUT><h:ReturnValue>${command !== undefined && system ? 0 : 5}</h:ReturnValue></h:RequestPowerStateChange_OUTPUT>`];
    }
    return [400, '<a:Fault><a:Code><a:Value>a:Sender</a:Value></a:Code><a:Reason><a:Text xml:lang="en-US">The resource is not there.</a:Text></a:Reason></a:Fault>'];
  }

  /** Reckons the digest from the header's own fields (RFC 2617, 3.2.2.1), independently of the driver. */
  #knows(header: string): boolean {
    const field = (name: string): string => new RegExp(`\\b${name}="?([^",]*)`).exec(header)?.[1] ?? '';
    const nonce = field('nonce');
    const used = this.#nonces.get(nonce);
    const count = Number.parseInt(field('nc'), 16);
    if (used === undefined || used >= this.uses || !(count > used)) return false;
    const md5 = (...parts: string[]): string => createHash('md5').update(parts.join(':')).digest('hex');
    const wanted = md5(md5(this.#options.user, realm, this.#options.password), nonce, field('nc'), field('cnonce'), 'auth', md5('POST', field('uri')));
    if (field('username') !== this.#options.user || field('response') !== wanted) return false;
    this.#nonces.set(nonce, count);
    return true;
  }
}
