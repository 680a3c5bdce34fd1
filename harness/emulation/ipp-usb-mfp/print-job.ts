import type { IppAttribute } from '../../wire/ipp/ipp-message.ts';
import { DocumentSink, type ReceivedDocument } from '../usb-printer/received-document.ts';
import type { PrintedJob, PrintJobState } from './printer-controls.ts';

/** job-state of RFC 8011, 5.3.7. */
export const jobStateNumbers: Readonly<Record<PrintJobState, number>> = { pending: 3, processing: 5, 'processing-stopped': 6, canceled: 7, aborted: 8, completed: 9 };

const ended: readonly PrintJobState[] = ['canceled', 'aborted', 'completed'];

/** A job from its creation to its end. Times are milliseconds of the service's clock. */
export class PrintJob {
  readonly id: number;
  readonly name: string;
  readonly user: string;
  readonly template: readonly IppAttribute[];
  readonly createdAt: number;
  processingAt: number | undefined;
  endedAt: number | undefined;
  /** All documents are in; nothing more may be sent. */
  closed = false;
  /** Pages put out so far. */
  printed = 0;
  #state: PrintJobState = 'pending';
  #reasons: readonly string[] = ['job-incoming'];
  readonly #documents: ReceivedDocument[] = [];
  #incoming: DocumentSink | undefined;

  constructor(options: { readonly id: number; readonly name: string; readonly user: string; readonly template: readonly IppAttribute[]; readonly createdAt: number }) {
    this.id = options.id;
    this.name = options.name;
    this.user = options.user;
    this.template = options.template;
    this.createdAt = options.createdAt;
  }

  get state(): PrintJobState {
    return this.#state;
  }

  get reasons(): readonly string[] {
    return this.#reasons;
  }

  get ended(): boolean {
    return ended.includes(this.#state);
  }

  /** With the one that is coming in. */
  get documents(): readonly ReceivedDocument[] {
    return this.#incoming ? [...this.#documents, this.#incoming.snapshot()] : [...this.#documents];
  }

  /** Pages of all documents; a format without pages of its own counts as one. */
  get impressions(): number {
    return this.documents.reduce((sum, document) => sum + (document.pages?.pages ?? 1), 0);
  }

  /** Pages that have come whole so far, of formats that tell. */
  get wholePages(): number {
    return this.documents.reduce((sum, document) => sum + (document.pages?.pages ?? 0), 0);
  }

  get octets(): number {
    return this.documents.reduce((sum, document) => sum + document.length, 0);
  }

  setState(state: PrintJobState, reasons: readonly string[], now: number): void {
    if (this.ended) return;
    this.#state = state;
    this.#reasons = reasons;
    if (state === 'processing') this.processingAt ??= now;
    if (this.ended) this.endedAt = now;
  }

  /** Begins a document; its bytes go to the sink, `endDocument` files it. */
  beginDocument(): DocumentSink {
    this.#incoming = new DocumentSink();
    return this.#incoming;
  }

  endDocument(): void {
    if (this.#incoming && this.#incoming.length > 0) this.#documents.push(this.#incoming.snapshot());
    this.#incoming = undefined;
  }

  describe(): PrintedJob {
    const options = Object.fromEntries(this.template.map(({ name, values }) => [name, values.map(textOfValue).join(',')]));
    return { id: this.id, name: this.name, user: this.user, state: this.#state, reasons: this.#reasons, options, documents: this.documents };
  }
}

function textOfValue(value: IppAttribute['values'][number]): string {
  if ('value' in value) return String(value.value);
  if (value.tag === 'rangeOfInteger') return `${value.lower}-${value.upper}`;
  if (value.tag === 'resolution') return `${value.x}x${value.y}${value.units}`;
  if (value.tag === 'collection') return `{${value.members.map((member) => `${member.name}=${member.values.map(textOfValue).join(',')}`).join(' ')}}`;
  return value.tag;
}
