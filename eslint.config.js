// The rules for the web library: those that eslint recommends, and the limits of the house.
import js from "@eslint/js"
import globals from "globals"

export default [
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2022, sourceType: "module" },
    rules: {
      "max-len": ["error", { code: 140 }],
      "max-lines": ["error", 400],
      "max-lines-per-function": ["error", { max: 60 }],
      "max-depth": ["error", 4],
      "no-use-before-define": "off",
      "no-shadow": "error",
      "no-var": "error",
      "prefer-const": "error",
      eqeqeq: "error",
      semi: ["error", "never", { beforeStatementContinuationChars: "always" }],
    },
  },
  { files: ["fdmat_core/web/**/*.js"], languageOptions: { globals: globals.browser } },
  { files: ["tests/web/**/*.js"], languageOptions: { globals: globals.node } },
]
