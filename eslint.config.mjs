import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    ignores: [
      'dist/',
      '.build-*/',
      'coverage/',
      'reports/',
      '.demo*/',
      '.dev/',
      '.stryker-tmp/',
      'test/runtimes/*/node_modules/',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked.map((config) => ({ ...config, files: ['**/*.ts'] })),
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-console': 'error',
    },
  },
  {
    // What is thrown in a callback of Node.js, or rejects with nobody to hear, ends Node-RED: src/api/errors/guard.ts.
    files: ['src/runtime/**/*.ts', 'src/runs/**/*.ts', 'nodes/*/node.ts'],
    rules: {
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: false }],
      '@typescript-eslint/no-misused-promises': 'error',
      'no-restricted-globals': [
        'error',
        ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'].map((name) => ({
          name,
          message: 'A throw in its callback would end Node-RED: use startTimer or soon of api/errors/guard.',
        })),
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector:
            'CallExpression[callee.property.name=/^(on|once|addListener|prependListener|addEventListener)$/][arguments.length>1]',
          message: 'A throw in its callback would end Node-RED: use listen or onAbort of api/errors/guard.',
        },
        {
          selector: 'CallExpression[callee.property.name="nextTick"]',
          message: 'A throw in its callback would end Node-RED: use soon of api/errors/guard.',
        },
        {
          selector:
            ':matches(ExpressionStatement, UnaryExpression[operator="void"]) > CallExpression[callee.property.name="then"]',
          message: 'What its callbacks throw nobody would hear: use whenSettled of api/errors/guard.',
        },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      'no-console': 'off',
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    rules: { 'no-unused-vars': ['error', { varsIgnorePattern: '^_', ignoreRestSiblings: true }] },
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        fetch: 'readonly',
        require: 'readonly',
        module: 'writable',
        Buffer: 'readonly',
        AbortSignal: 'readonly',
        AbortController: 'readonly',
        performance: 'readonly',
        __dirname: 'readonly',
      },
    },
  },
  // Declarations of what others made: their type parameters are given.
  { files: ['nodes/editor/red.d.ts'], rules: { '@typescript-eslint/no-unused-vars': 'off' } },
  { files: ['src/simulator/cli.ts', 'scripts/nodes/new-node.ts'], rules: { 'no-console': 'off' } },
);
