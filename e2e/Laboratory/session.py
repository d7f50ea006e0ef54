# Runs what it is told, a JSON string on each line, and says on one line what came of it: the last expression's value, or the name of the error.
import ast
import json
import traceback


def run(text):
    program = ast.parse(text)
    last = program.body.pop() if program.body and isinstance(program.body[-1], ast.Expr) else None
    exec(compile(program, 'told', 'exec'), globals())
    return eval(compile(ast.Expression(last.value), 'told', 'eval'), globals()) if last else ''


for line in sys.stdin:
    try:
        answer = attempt(lambda: run(json.loads(line)))
    except Exception:
        answer = {'fault': traceback.format_exc()}
    print(json.dumps(answer))
