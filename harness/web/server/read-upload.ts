import { RequestError, type Asked } from './reply.ts';

/** A file that a form sent, and the form's other fields. */
export interface Upload {
  readonly bytes: Uint8Array;
  /** As the sender names it; for people only, never a path. */
  readonly name: string;
  readonly fields: ReadonlyMap<string, string>;
}

/** Reads a form with one file, at most so many bytes. @throws RequestError 413, 415 `not-a-form`, 400 `no-file` */
export async function readUpload({ headers, body }: Asked, most: number): Promise<Upload> {
  const type = String(headers['content-type'] ?? '');
  if (!/^multipart\/form-data;/i.test(type)) throw new RequestError(415, 'not-a-form', 'A form with a file (multipart/form-data) is expected.');
  const bytes = await body(most);
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData().catch(() => {
    throw new RequestError(400, 'not-a-form', 'The form cannot be read.');
  });
  const file = form.get('list');
  if (!(file instanceof File) || file.size === 0) throw new RequestError(400, 'no-file', 'Choose a file first.');
  const fields = new Map([...form].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value.slice(0, 200)] as const] : [])));
  return { bytes: new Uint8Array(await file.arrayBuffer()), name: file.name.replace(/[\p{Cc}\p{Cf}/\\]+/gu, ' ').trim().slice(0, 120), fields };
}
