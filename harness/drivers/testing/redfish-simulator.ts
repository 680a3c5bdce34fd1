import type { IncomingMessage, ServerResponse } from 'node:http';
import { randomBytes } from 'node:crypto';
import type { SimulatedSwitch } from '../../capabilities/testing/simulated-switch.ts';
import { HttpSimulator, type HttpSimulatorOptions } from './http-simulator.ts';

export interface RedfishSimulatorOptions extends HttpSimulatorOptions {
  readonly user: string;
  readonly password: string;
}

type Json = Record<string, unknown>;

const systems = '/redfish/v1/Systems';
const system = `${systems}/hwlab-1`;
const sessions = '/redfish/v1/SessionService/Sessions';
const resets: Readonly<Record<string, 'on' | 'off' | 'shutdown'>> = { On: 'on', ForceOff: 'off', GracefulShutdown: 'shutdown' };

/**
 * A Redfish service over a simulated button: service root, sessions, one system with power, Reset and boot override behind ETags. It says of itself
 * that it is a simulator, in Model and in Oem, so that its results can never be taken for those of a real machine.
 */
export class RedfishSimulator extends HttpSimulator {
  readonly button: SimulatedSwitch;
  readonly sessions = new Map<string, string>();
  /** How often somebody else changes the system between a read and a write. */
  conflicts = 0;
  boot: Json = { BootSourceOverrideEnabled: 'Disabled', BootSourceOverrideTarget: 'None', BootSourceOverrideMode: 'UEFI' };
  readonly #options: RedfishSimulatorOptions;
  #version = 1;

  private constructor(button: SimulatedSwitch, options: RedfishSimulatorOptions) {
    super(options);
    this.button = button;
    this.#options = options;
  }

  static async start(button: SimulatedSwitch, options: RedfishSimulatorOptions): Promise<RedfishSimulator> {
    const simulator = new RedfishSimulator(button, options);
    await simulator.revive();
    return simulator;
  }

  override async die(): Promise<void> {
    this.sessions.clear();
    await super.die();
  }

  protected override async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').replace(/\?.*$/, '').replace(/(.)\/$/, '$1');
    const send = (status: number, body?: Json, headers: Record<string, string> = {}): void => {
      response.writeHead(status, { 'Content-Type': 'application/json', 'OData-Version': '4.0', ...headers }).end(body === undefined ? undefined : JSON.stringify(body));
    };
    const refuse = (status: number, message: string): void => send(status, { error: { code: 'Base.1.8.GeneralError', message } });
    const body = await bodyOf(request);
    const { method = 'GET' } = request;
    if (this.button.fault === 'garbage') return void response.writeHead(200, { 'Content-Type': 'application/json' }).end('<html>busy');
    if (path === '/redfish') return send(200, { v1: '/redfish/v1/' });
    if (path === '/redfish/v1') return send(200, root);
    if (path === sessions && method === 'POST') {
      if (body?.['UserName'] !== this.#options.user || body['Password'] !== this.#options.password) return refuse(401, 'The user name or the password is wrong.');
      const token = randomBytes(16).toString('hex');
      const id = `${sessions}/${randomBytes(4).toString('hex')}`;
      this.sessions.set(token, id);
      return send(201, { '@odata.id': id, '@odata.type': '#Session.v1_3_0.Session', Id: id.split('/').at(-1), Name: 'Session', UserName: this.#options.user }, { 'X-Auth-Token': token, Location: id });
    }
    if (!this.#known(request)) return refuse(401, 'There is no session.');
    const ended = [...this.sessions].find(([, id]) => id === path);
    if (ended && method === 'DELETE') {
      this.sessions.delete(ended[0]);
      return send(204);
    }
    if (path === systems && method === 'GET') return send(200, { '@odata.id': systems, '@odata.type': '#ComputerSystemCollection.ComputerSystemCollection', Name: 'Systems', 'Members@odata.count': 1, Members: [{ '@odata.id': system }] });
    if (path === system && method === 'GET') return send(200, this.#system(), { ETag: this.#etag });
    if (path === system && method === 'PATCH') {
      if (this.conflicts > 0) {
        this.conflicts -= 1;
        this.#version += 1;
      }
      if (request.headers['if-match'] !== this.#etag) return refuse(request.headers['if-match'] === undefined ? 428 : 412, 'The resource has changed.');
      if (this.button.fault !== 'disobeys') this.boot = { ...this.boot, ...(body?.['Boot'] as Json | undefined) };
      this.#version += 1;
      return send(200, this.#system(), { ETag: this.#etag });
    }
    if (path === `${system}/Actions/ComputerSystem.Reset` && method === 'POST') {
      const command = resets[String(body?.['ResetType'])];
      if (command === undefined) return refuse(400, 'There is no such ResetType.');
      this.button.press(command);
      this.#version += 1;
      return send(204);
    }
    refuse(404, 'There is no such resource.');
  }

  get #etag(): string {
    return `W/"${this.#version}"`;
  }

  #known(request: IncomingMessage): boolean {
    const basic = `Basic ${Buffer.from(`${this.#options.user}:${this.#options.password}`).toString('base64')}`;
    return request.headers.authorization === basic || this.sessions.has(String(request.headers['x-auth-token']));
  }

  #system(): Json {
    return {
      '@odata.id': system,
      '@odata.type': '#ComputerSystem.v1_13_0.ComputerSystem',
      '@odata.etag': this.#etag,
      Id: 'hwlab-1',
      Name: 'Simulated machine',
      Model: 'hwlab simulator',
      Manufacturer: 'hwlab',
      Oem: { Hwlab: { Simulator: true } },
      PowerState: this.button.power === 'on' ? 'On' : 'Off',
      Boot: { ...this.boot, 'BootSourceOverrideTarget@Redfish.AllowableValues': ['None', 'Pxe', 'Hdd'] },
      Actions: { '#ComputerSystem.Reset': { target: `${system}/Actions/ComputerSystem.Reset`, 'ResetType@Redfish.AllowableValues': Object.keys(resets) } },
    };
  }
}

const root: Json = {
  '@odata.id': '/redfish/v1/',
  '@odata.type': '#ServiceRoot.v1_9_0.ServiceRoot',
  Id: 'RootService',
  Name: 'hwlab simulator',
  RedfishVersion: '1.15.0',
  Oem: { Hwlab: { Simulator: true } },
  Systems: { '@odata.id': systems },
  SessionService: { '@odata.id': '/redfish/v1/SessionService' },
  Links: { Sessions: { '@odata.id': sessions } },
};

async function bodyOf(request: IncomingMessage): Promise<Json | undefined> {
  let text = '';
  for await (const piece of request as AsyncIterable<Buffer>) text = (text + piece.toString()).slice(0, 65_536);
  try {
    return text === '' ? undefined : (JSON.parse(text) as Json);
  } catch {
    return undefined;
  }
}
