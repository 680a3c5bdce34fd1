import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const root = import.meta.dirname;

/** Names of files that tell nothing, and would grow without end. */
const vague = ['utils', 'util', 'helpers', 'helper', 'common', 'manager', 'misc', 'index'];

const houseRules = {
  rules: {
    'file-name': {
      meta: { type: 'suggestion', schema: [], messages: { style: 'name files in kebab-case: {{name}}', vague: 'a file is named for its main export, not {{name}}' } },
      create: (context) => ({
        Program(node) {
          const name = context.filename.split('/').at(-1) ?? '';
          const stem = name.replace(/(\.(test|suite|d))?\.(ts|js|cjs)$/, '');
          if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(stem)) context.report({ node, messageId: 'style', data: { name } });
          else if (vague.includes(stem) && !context.filename.endsWith('/harness/index.ts')) context.report({ node, messageId: 'vague', data: { name } });
        },
      }),
    },
    'import-ending': {
      meta: { type: 'problem', schema: [], messages: { ending: 'give the file ending: {{source}}.ts; Node resolves nothing by itself' } },
      create: (context) => {
        const check = (node) => {
          const source = node.source?.value;
          if (typeof source === 'string' && source.startsWith('.') && !/\.(ts|js|json|cjs)$/.test(source)) context.report({ node, messageId: 'ending', data: { source } });
        };
        return { ImportDeclaration: check, ExportNamedDeclaration: check, ExportAllDeclaration: check };
      },
    },
  },
};

export default defineConfig(
  globalIgnores(['node_modules/', 'reports/', 'harness/db/generated/', 'hardware-db/', 'fixtures/', '**/*.cjs']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommended],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: root } },
    plugins: { house: houseRules },
    rules: {
      'house/file-name': 'error',
      'house/import-ending': 'error',
      'no-console': 'error',
      'no-control-regex': 'error',
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx', 'hack'], location: 'start' }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'use named exports' },
        { selector: 'TSEnumDeclaration', message: 'Node runs erasable syntax only: use a union of literals' },
        { selector: "NewExpression[callee.name='Error'][arguments.length=0]", message: 'say what happened' },
      ],
      eqeqeq: 'error',
      'prefer-const': 'error',
      'object-shorthand': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/await-thenable': 'error',
      // A promise that is handed back from under `using` outlives what it uses.
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/no-this-alias': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unsafe-assignment': 'error',
      '@typescript-eslint/no-unsafe-argument': 'error',
      '@typescript-eslint/no-unsafe-call': 'error',
      '@typescript-eslint/no-unsafe-member-access': 'error',
      '@typescript-eslint/no-unsafe-return': 'error',
    },
  },
  {
    files: ['**/*.test.ts', '**/*.suite.ts', 'tests/**/*.ts'],
    rules: { '@typescript-eslint/no-unused-expressions': 'off', 'no-console': 'off' },
  },
  {
    // Functions handed to a page run in the browser, whose types this project does not load.
    files: ['tests/integration/**/*.ts'],
    rules: Object.fromEntries(['assignment', 'argument', 'call', 'member-access', 'return'].map((what) => [`@typescript-eslint/no-unsafe-${what}`, 'off'])),
  },
  {
    files: ['scripts/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
);
