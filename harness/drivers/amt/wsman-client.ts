import { randomUUID } from 'node:crypto';
import { parseStringPromise, processors } from 'xml2js';
import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { pinnedRequest, type PinnedAnswer, type Trust } from '../../base/pinned-request.ts';
import type { Secret } from '../../base/secret.ts';
import { answerChallenge, readChallenge, type DigestChallenge } from './digest.ts';

export interface AmtAccess {
  readonly host: string;
  /** 16992 by default, and 16993 with `trust`: then it is https. Plain http sends no password, only its digest. */
  readonly port?: number;
  readonly trust?: Trust;
  readonly user: string;
  readonly password: Secret;
}

/** What an XML element holds, prefixes removed: text, or children by name, each a list. */
export type XmlNode = string | { readonly [name: string]: readonly XmlNode[] };

const cim = 'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2';
const wsman = 'http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd';
const addressing = 'http://schemas.xmlsoap.org/ws/2004/08/addressing';
const anonymous = `${addressing}/role/anonymous`;

/** A small client for WS-Management (DMTF DSP0226) as Intel AMT speaks it: Get and one invocation, SOAP over HTTP with a digest. */
export class WsmanClient {
  readonly name: string;
  readonly #access: AmtAccess;
  readonly #url: URL;
  #challenge: DigestChallenge | undefined;
  #count = 0;

  constructor(access: AmtAccess) {
    if (!/^[\w.:-]+$/.test(access.host)) throw new HwlabError({ code: 'lab-file', blame: 'usage', message: `${JSON.stringify(access.host)} is no host name`, advice: 'mend it in the lab file' });
    const secure = access.trust !== undefined;
    this.#access = access;
    this.#url = new URL(`${secure ? 'https' : 'http'}://${access.host.includes(':') ? `[${access.host}]` : access.host}:${access.port ?? (secure ? 16_993 : 16_992)}/wsman`);
    this.name = `AMT ${this.#url.host}`;
  }

  /** The properties of the only instance of a CIM class. */
  async get(className: string, deadline: Deadline): Promise<XmlNode> {
    return this.#soap('http://schemas.xmlsoap.org/ws/2004/09/transfer/Get', className, [], '', deadline);
  }

  /** Calls a method of an instance; `input` is XML for its parameters with the prefix `p`. */
  async invoke(className: string, name: string, method: string, input: string, deadline: Deadline): Promise<XmlNode> {
    return this.#soap(`${cim}/${className}/${method}`, className, [['Name', name]], `<p:${method}_INPUT xmlns:p="${cim}/${className}">${input}</p:${method}_INPUT>`, deadline);
  }

  async #soap(action: string, className: string, selectors: readonly (readonly [string, string])[], body: string, deadline: Deadline): Promise<XmlNode> {
    const chosen = selectors.length === 0 ? '' : `<w:SelectorSet>${selectors.map(([key, value]) => `<w:Selector Name="${key}">${escapeXml(value)}</w:Selector>`).join('')}</w:SelectorSet>`;
    const envelope =
      `<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="${addressing}" xmlns:w="${wsman}"><s:Header>` +
      `<a:Action s:mustUnderstand="true">${action}</a:Action><a:To s:mustUnderstand="true">${this.#url.pathname}</a:To><w:ResourceURI s:mustUnderstand="true">${cim}/${className}</w:ResourceURI>` +
      `<a:MessageID s:mustUnderstand="true">uuid:${randomUUID()}</a:MessageID><a:ReplyTo><a:Address>${anonymous}</a:Address></a:ReplyTo><w:OperationTimeout>PT10S</w:OperationTimeout>${chosen}</s:Header><s:Body>${body}</s:Body></s:Envelope>`;
    let answer = await this.#send(envelope, deadline);
    if (answer.status === 401) {
      // The first request, or a nonce that is used up: once more with the new one.
      this.#challenge = readChallenge(answer.headers['www-authenticate'] ?? '');
      this.#count = 0;
      if (this.#challenge !== undefined) answer = await this.#send(envelope, deadline);
    }
    if (answer.status === 401 || answer.status === 403) {
      this.#challenge = undefined;
      throw new HwlabError({ code: 'power-refused', blame: 'lab', message: `${this.name} refuses the user or the password`, advice: 'check user and password, and that AMT is provisioned', facts: { status: answer.status } });
    }
    const content = await this.#bodyOf(answer);
    const fault = child(content, 'Fault');
    if (fault !== undefined) throw new HwlabError({ code: 'power-does-not-obey', blame: 'lab', message: `${this.name} refuses ${action.split('/').at(-1)}: ${textOf(child(child(fault, 'Reason'), 'Text')).slice(0, 200)}` });
    if (answer.status !== 200) throw new HwlabError({ code: 'power-unreachable', blame: 'lab', retryable: true, message: `${this.name} answers ${answer.status}`, facts: { status: answer.status } });
    const [first] = typeof content === 'string' ? [] : Object.entries(content).filter(([name]) => name !== '$');
    return first?.[1][0] ?? '';
  }

  async #send(body: string, deadline: Deadline): Promise<PinnedAnswer> {
    const { user, password, trust } = this.#access;
    this.#count += 1;
    const digest = this.#challenge && answerChallenge(this.#challenge, { user, password: password.reveal(), method: 'POST', path: this.#url.pathname, count: this.#count });
    try {
      return await pinnedRequest(this.#url, { method: 'POST', body, headers: { 'Content-Type': 'application/soap+xml;charset=UTF-8', ...(digest === undefined ? {} : { Authorization: digest }) }, ...(trust === undefined ? {} : { trust }), deadline });
    } catch (cause) {
      const refused = cause instanceof HwlabError && cause.code === 'http-not-trusted';
      throw new HwlabError({ code: refused ? 'power-refused' : 'power-unreachable', blame: 'lab', retryable: !refused, message: refused ? `${this.name}: ${cause.message}` : `${this.name} does not answer`, advice: 'check its cable and address, and that AMT is switched on in its firmware', cause });
    }
  }

  async #bodyOf(answer: PinnedAnswer): Promise<XmlNode> {
    const nonsense = (cause?: unknown): HwlabError => new HwlabError({ code: 'power-unreachable', blame: 'lab', message: `${this.name} answers ${answer.status} with what is no SOAP`, cause });
    let document: { Envelope?: XmlNode };
    try {
      document = (await parseStringPromise(answer.body, { tagNameProcessors: [processors.stripPrefix], ignoreAttrs: true, explicitArray: true })) as { Envelope?: XmlNode };
    } catch (cause) {
      throw nonsense(cause);
    }
    const body = child(document?.Envelope, 'Body');
    if (body === undefined) throw nonsense();
    return body;
  }
}

/** The first child of that name. */
export function child(node: XmlNode | undefined, name: string): XmlNode | undefined {
  return node === undefined || typeof node === 'string' ? undefined : node[name]?.[0];
}

export function textOf(node: XmlNode | undefined): string {
  return typeof node === 'string' ? node.trim() : '';
}

export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The reference to the machine that AMT is part of. */
export const managedSystem =
  `<p:ManagedElement><a:Address>${anonymous}</a:Address><a:ReferenceParameters><w:ResourceURI>${cim}/CIM_ComputerSystem</w:ResourceURI>` +
  `<w:SelectorSet><w:Selector Name="Name">ManagedSystem</w:Selector></w:SelectorSet></a:ReferenceParameters></p:ManagedElement>`;
