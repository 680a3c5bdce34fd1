import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeShell } from './fake-shell.ts';
import { shellContract } from './shell-contract.ts';

describe('fake shell', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'hwlab-shell-'));
  after(() => rmSync(scratch, { recursive: true }));
  shellContract(async () => Promise.resolve(new FakeShell()), scratch, 10);
});
