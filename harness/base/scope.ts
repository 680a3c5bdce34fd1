/** A last-in-first-out list of things to undo. Register the teardown before the setup runs. */
export class Scope implements AsyncDisposable {
  readonly #steps: { readonly name: string; readonly undo: () => unknown }[] = [];
  readonly failures: { readonly name: string; readonly error: unknown }[] = [];

  /** Registers a teardown step. */
  onEnd(name: string, undo: () => unknown): void {
    this.#steps.push({ name, undo });
  }

  /** Runs all steps, newest first, even if some fail; failures are collected in `failures` and never thrown. */
  async end(): Promise<void> {
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      try {
        await step.undo();
      } catch (error) {
        this.failures.push({ name: step.name, error });
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }
}
