import type { Rule } from 'eslint';
import type { Program, Type, TypeChecker } from 'typescript';

const TYPED_ARRAY =
  /^(?:Ui|I)nt(?:8|16|32)Array$|^(?:Uint8Clamped|Float(?:32|64)|Big(?:Ui|I)nt64)Array$|^Buffer$/;

/** What the parser of typescript-eslint knows about types. */
interface TypedServices {
  readonly program: Program;
  readonly getTypeAtLocation: (node: unknown) => Type;
}

/**
 * The ESLint rule about `!`: it is allowed on elements of typed arrays only, whose bounds are proven by loops that the
 * compiler cannot follow. A parameter that takes any of them is an `ArrayLike<number>`, and allowed as well.
 *
 * Everywhere else a missing value must be dealt with, or stop the program: `present` of @ichor/files.
 */
export const elementAssertion: Rule.RuleModule = {
  meta: {
    type: 'problem',
    messages: {
      forbidden:
        'Only elements of typed arrays may be asserted with "!": destructure, iterate, deal with undefined, or use present of @ichor/files.',
    },
    schema: [],
  },
  create(context) {
    const { program, getTypeAtLocation } = context.sourceCode.parserServices as TypedServices;
    const checker = program.getTypeChecker();
    return {
      TSNonNullExpression({ expression }: { expression: Rule.Node }) {
        const isElement = expression.type === 'MemberExpression' && expression.computed;
        if (isElement && isNumeric(checker, getTypeAtLocation(expression.object))) return;
        context.report({ node: expression, messageId: 'forbidden' });
      },
    };
  },
};

/** Whether all that a value of `type` can be are typed arrays, or what stands for them. */
function isNumeric(checker: TypeChecker, type: Type): boolean {
  const constraint = checker.getBaseConstraintOfType(type) ?? type;
  if (constraint.isUnion()) return constraint.types.every((one) => isNumeric(checker, one));
  const name = constraint.getSymbol()?.name ?? '';
  if (TYPED_ARRAY.test(name)) return true;
  if (name !== 'ArrayLike') return false;
  const element = constraint.getNumberIndexType();
  return element !== undefined && checker.typeToString(element) === 'number';
}
