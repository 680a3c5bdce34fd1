import { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { pinnedRequest, type PinnedAnswer, type PinnedRequest, type Trust } from '../../base/pinned-request.ts';
import type { Secret } from '../../base/secret.ts';

export interface RedfishAccess {
  /** For example `https://10.78.0.10`. Plain http is for loopback, or where `plain` says that the network may read the password. */
  readonly url: string;
  readonly user: string;
  readonly password: Secret;
  /** Path of the system; the only one of the service by default. */
  readonly system?: string;
  readonly trust?: Trust;
  readonly plain?: boolean;
}

/** Any JSON object of a service: untrusted. */
export type RedfishObject = Readonly<Record<string, unknown>>;

export interface RedfishResource {
  readonly body: RedfishObject;
  readonly etag: string | undefined;
}

/** A session is given back this long after its last use: services have few, and a login takes a controller a second. */
const idle = 2000;

/**
 * A small Redfish client (DMTF DSP0266 1.15): one session, made when it is needed and deleted soon after its last use.
 * Errors: `power-refused` (login or rights), `power-unreachable` (no answer, nonsense, 5xx), `redfish-refused` (other 4xx, with the service's words).
 */
export class RedfishClient {
  readonly name: string;
  readonly #access: RedfishAccess;
  readonly #base: URL;
  #session: { readonly token: string; readonly path: string | undefined } | undefined;
  #system: string | undefined;
  #ending: NodeJS.Timeout | undefined;

  constructor(access: RedfishAccess) {
    this.#access = access;
    this.#base = new URL(access.url);
    this.name = `Redfish ${this.#base.host}`;
    if (!['http:', 'https:'].includes(this.#base.protocol)) throw new HwlabError({ code: 'lab-file', blame: 'usage', message: `${access.url} is no address of a Redfish service` });
    if (this.#base.protocol === 'http:' && access.plain !== true && !/^(localhost|127\.[\d.]+|\[::1\])$/.test(this.#base.hostname)) {
      throw new HwlabError({ code: 'lab-file', blame: 'usage', message: `${access.url} would send the password in the clear`, advice: 'use https, or set "plain": true if you accept it' });
    }
    this.#system = access.system;
  }

  async get(path: string, deadline: Deadline): Promise<RedfishResource> {
    return this.#resource(path, await this.#call({ method: 'GET', deadline }, path));
  }

  async post(path: string, body: RedfishObject, deadline: Deadline): Promise<void> {
    await this.#call({ method: 'POST', body: JSON.stringify(body), deadline }, path);
  }

  /** @returns false when the resource has changed since `etag` (412) */
  async patch(path: string, body: RedfishObject, etag: string | undefined, deadline: Deadline): Promise<boolean> {
    const answer = await this.#call({ method: 'PATCH', body: JSON.stringify(body), ...(etag === undefined ? {} : { headers: { 'If-Match': etag } }), deadline }, path, [412]);
    return answer.status !== 412;
  }

  /** The computer system and its path. */
  async system(deadline: Deadline): Promise<RedfishResource & { readonly path: string }> {
    if (this.#system === undefined) {
      const { body } = await this.get('/redfish/v1/Systems', deadline);
      const members = Array.isArray(body['Members']) ? (body['Members'] as unknown[]) : [];
      const paths = members.map((member) => text(object(member)?.['@odata.id'])).filter((path) => path !== undefined);
      if (paths.length !== 1 || paths[0] === undefined) throw new HwlabError({ code: 'lab-file', blame: 'usage', message: `${this.name} has ${paths.length} systems`, advice: `name one as "system": ${paths.slice(0, 8).join(', ')}` });
      this.#system = paths[0];
    }
    return { ...(await this.get(this.#system, deadline)), path: this.#system };
  }

  async #call(request: PinnedRequest, path: string, accept: readonly number[] = []): Promise<PinnedAnswer> {
    let answer = await this.#send(request, path);
    if (answer.status === 401) {
      // The session has timed out, or the controller was started anew.
      this.#session = undefined;
      answer = await this.#send(request, path);
    }
    if ((answer.status >= 200 && answer.status < 300) || accept.includes(answer.status)) return answer;
    const said = this.#access.password.scrub(answer.body).slice(0, 400);
    const facts = { status: answer.status, said };
    if (answer.status === 401 || answer.status === 403) throw new HwlabError({ code: 'power-refused', blame: 'lab', message: `${this.name} refuses ${request.method} ${path}`, advice: 'check the rights of the user', facts });
    if (answer.status >= 500) throw new HwlabError({ code: 'power-unreachable', blame: 'lab', retryable: true, message: `${this.name} answers ${answer.status} to ${request.method} ${path}`, facts });
    throw new HwlabError({ code: 'redfish-refused', blame: 'lab', message: `${this.name} answers ${answer.status} to ${request.method} ${path}: ${said}`, facts });
  }

  async #send(request: PinnedRequest, path: string): Promise<PinnedAnswer> {
    clearTimeout(this.#ending);
    try {
      this.#session ??= await this.#login(request.deadline);
      return await this.#exchange({ ...request, headers: { ...request.headers, 'X-Auth-Token': this.#session.token } }, path);
    } finally {
      this.#ending = setTimeout(() => void this.end().catch(() => undefined), idle);
      this.#ending.unref();
    }
  }

  /** Gives the session back. */
  async end(): Promise<void> {
    clearTimeout(this.#ending);
    const session = this.#session;
    this.#session = undefined;
    if (session?.path !== undefined) await this.#exchange({ method: 'DELETE', headers: { 'X-Auth-Token': session.token }, deadline: Deadline.after(5000) }, session.path);
  }

  async #login(deadline: Deadline): Promise<{ token: string; path: string | undefined }> {
    const answer = await this.#exchange({ method: 'POST', body: JSON.stringify({ UserName: this.#access.user, Password: this.#access.password.reveal() }), deadline }, '/redfish/v1/SessionService/Sessions');
    if (answer.status === 400 || answer.status === 401 || answer.status === 403) {
      throw new HwlabError({ code: 'power-refused', blame: 'lab', message: `${this.name} refuses the user or the password`, advice: 'check user, password and that the account is not locked', facts: { status: answer.status } });
    }
    const token = answer.headers['x-auth-token'];
    if (answer.status !== 201 || token === undefined || token === '') throw new HwlabError({ code: 'power-unreachable', blame: 'lab', retryable: true, message: `${this.name} answers ${answer.status} to a login and gives no session`, facts: { status: answer.status } });
    const location = answer.headers['location'];
    return { token, path: location === undefined ? undefined : this.#path(new URL(location, this.#base).pathname) };
  }

  async #exchange(request: PinnedRequest, path: string): Promise<PinnedAnswer> {
    const headers = { Accept: 'application/json', 'OData-Version': '4.0', ...(request.body === undefined ? {} : { 'Content-Type': 'application/json' }), ...request.headers };
    try {
      return await pinnedRequest(new URL(this.#path(path), this.#base), { ...request, headers, ...(this.#access.trust === undefined ? {} : { trust: this.#access.trust }) });
    } catch (cause) {
      if (cause instanceof HwlabError && cause.code === 'http-not-trusted') throw new HwlabError({ code: 'power-refused', blame: 'lab', message: `${this.name}: ${cause.message}`, ...(cause.advice === undefined ? {} : { advice: cause.advice }), cause });
      throw new HwlabError({ code: 'power-unreachable', blame: 'lab', retryable: true, message: `${this.name} does not answer ${request.method} ${path}`, advice: 'check its cable, its address and that Redfish is switched on in its settings', cause });
    }
  }

  /** A path that the service named: it stays within the service. */
  #path(path: string): string {
    if (/^\/redfish\/[\w./~()'=,%+-]*$/.test(path) && !path.includes('..')) return path;
    throw new HwlabError({ code: 'power-unreachable', blame: 'lab', message: `${this.name} names ${JSON.stringify(path.slice(0, 100))}, which is no path of a Redfish service` });
  }

  #resource(path: string, answer: PinnedAnswer): RedfishResource {
    let body: RedfishObject | undefined;
    try {
      body = object(JSON.parse(answer.body));
    } catch {
      body = undefined;
    }
    if (body === undefined) throw new HwlabError({ code: 'power-unreachable', blame: 'lab', message: `${this.name} answers ${path} with what is no JSON object` });
    return { body, etag: answer.headers['etag'] ?? text(body['@odata.etag']) };
  }
}

export function object(value: unknown): RedfishObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as RedfishObject) : undefined;
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
