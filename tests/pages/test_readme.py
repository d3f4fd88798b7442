import re
from pathlib import Path


def test_the_lines_of_the_readme_run(capsys):
    (code,) = re.findall(
        r"```python\n(.*?)```", (Path(__file__).parents[1] / "README.md").read_text(), re.DOTALL
    )
    exec(code, {})
    trained, bound = map(
        float, re.findall(r"(?:trained|below) (\d+\.\d+)", capsys.readouterr().out)
    )
    assert 0 < bound <= trained
