/** The OpenAPI 3.1 document of the interface. */
export function openApiDocument(): Readonly<Record<string, unknown>> {
  return { openapi: '3.1.0', info: { title: 'hwlab', version: '1' }, paths: {} };
}
