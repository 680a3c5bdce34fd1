import { validatorOf } from '../schemas.ts';

/** Names of the properties of a schema, in the order in which it gives them. */
export function schemaProperties(schema: string): readonly string[] {
  const { schema: source } = validatorOf(schema);
  const properties = typeof source === 'object' ? (source as { readonly properties?: object }).properties : undefined;
  return Object.keys(properties ?? {});
}
