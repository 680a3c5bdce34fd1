/** What has to be installed or set before a feature works (VERDICTS.md, 2). */
export interface Need {
  readonly kind: 'package' | 'firmware' | 'plugin' | 'quirk' | 'kernel' | 'setting';
  /** Name of the package, the least kernel, or what to set. */
  readonly what: string;
  /** Features that need it. */
  readonly features: readonly string[];
  /** The known issue that says so. */
  readonly issue: string;
}
