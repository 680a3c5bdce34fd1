/** The name of a plan without the hash of its content: `smoke-1f0c9a8b7d6e5f40` is `smoke`. */
export function planName(plan: string): string {
  return plan.replace(/[- ][0-9a-f]{16}$/, '');
}
