#!/bin/sh
# 双击打开分析台 / Double-click to open the desk
cd "$(dirname "$0")" || exit 1
for python in @PYTHON@ ../kit/bin/python kit/bin/python .venv/bin/python python3 python; do
    "$python" -c "import evallib" >/dev/null 2>&1 || continue
    opens=desk
    "$python" -c "import importlib.util as u; raise SystemExit(not u.find_spec('voila'))" || opens=lab
    "$python" -m evallib "$opens" "$@" && exit
    ended=$?
    break
done
if [ -z "$ended" ]; then
    echo "没有找到装有 evallib 的 Python。请先安装 Python 3.11 或更新的版本（python.org），再运行：python3 -m pip install \"evallib[desk]\""
    echo "No Python with evallib was found. Install Python 3.11 or newer (python.org), then run: python3 -m pip install \"evallib[desk]\""
    ended=1
fi
echo "按回车键关闭 / Press Enter to close"
read -r _
exit "$ended"
