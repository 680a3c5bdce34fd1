import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as AjvModule from 'ajv/dist/2020.js';
import type { Ajv2020, AnySchemaObject, ValidateFunction } from 'ajv/dist/2020.js';
import type * as AjvFormats from 'ajv-formats';
import { HwlabError, messageOf } from '../base/hwlab-error.ts';
import { lazyPackage } from '../base/lazy-package.ts';
import { projectRoot } from '../base/places.ts';

const ajvPackage = lazyPackage<typeof AjvModule>('ajv/dist/2020.js');
const formatsPackage = lazyPackage<typeof AjvFormats.default>('ajv-formats');

/**
 * The schemas of hardware-db/schemas by name: `plan`, `device`, `emulators/usb-printer`. They belong to the code that was
 * generated from them, so they always come from the checkout, also when the database is elsewhere.
 */
export const schemasFolder = join(projectRoot, 'hardware-db/schemas');

const ending = '.schema.json';

interface Schemas {
  readonly ajv: Ajv2020;
  readonly ids: ReadonlyMap<string, string>;
  /** Schemas that could not be read, with the reason. */
  readonly broken: ReadonlyMap<string, string>;
}

let loaded: Schemas | undefined;

/** Names of all schemas, sorted. */
export function schemaNames(): readonly string[] {
  const { ids, broken } = schemas();
  return [...ids.keys(), ...broken.keys()].sort();
}

export function hasSchema(name: string): boolean {
  const { ids, broken } = schemas();
  return ids.has(name) || broken.has(name);
}

/**
 * The compiled validator of a schema; compiled once a process.
 * @throws HwlabError `schema-unknown` or `schema-broken`, blame `harness`.
 */
export function validatorOf(name: string): ValidateFunction {
  const { ajv, ids, broken } = schemas();
  const reason = broken.get(name);
  if (reason !== undefined) throw schemaBroken(name, reason);
  const id = ids.get(name);
  if (id === undefined) {
    throw new HwlabError({ code: 'schema-unknown', blame: 'harness', message: `there is no schema hardware-db/schemas/${name}${ending}` });
  }
  try {
    const validate = ajv.getSchema(id);
    if (!validate) throw new Error('not found under its $id');
    return validate;
  } catch (error) {
    throw schemaBroken(name, messageOf(error), error);
  }
}

function schemas(): Schemas {
  loaded ??= load();
  return loaded;
}

function load(): Schemas {
  // Unions and tuples are used on purpose; unknown keywords and formats stay errors.
  const ajv = new (ajvPackage().Ajv2020)({ allErrors: true, verbose: true, strictSchema: true, strictTypes: false, strictTuples: false, strictNumbers: true });
  formatsPackage().default(ajv);
  const ids = new Map<string, string>();
  const broken = new Map<string, string>();
  for (const file of readdirSync(schemasFolder, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!file.endsWith(ending)) continue;
    const name = file.slice(0, -ending.length);
    try {
      const schema = JSON.parse(readFileSync(join(schemasFolder, file), 'utf8')) as AnySchemaObject;
      const id = schema.$id ?? `https://hwlab.invalid/schemas/${file}`;
      ajv.addSchema(schema, id);
      ids.set(name, id);
    } catch (error) {
      broken.set(name, messageOf(error));
    }
  }
  return { ajv, ids, broken };
}

function schemaBroken(name: string, reason: string, cause?: unknown): HwlabError {
  return new HwlabError({
    code: 'schema-broken',
    blame: 'harness',
    message: `hardware-db/schemas/${name}${ending}: ${reason}`,
    advice: 'correct the schema; run: hwlab db lint',
    cause,
  });
}
