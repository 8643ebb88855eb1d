@echo off
chcp 65001 >nul
pushd "%~dp0"
for %%P in ("@PYTHON@" "..\kit\Scripts\python.exe" "kit\Scripts\python.exe" ".venv\Scripts\python.exe" "py.exe" "python.exe") do (
  %%P -c "import evallib" >nul 2>nul && set "PYTHON=%%~P" && goto found
)
echo 没有找到装有 evallib 的 Python。请先安装 Python 3.11 或更新的版本（python.org），再运行：py -m pip install "evallib[desk]"
echo No Python with evallib was found. Install Python 3.11 or newer (python.org), then run: py -m pip install "evallib[desk]"
pause
exit /b 1
:found
set "OPENS=desk"
"%PYTHON%" -c "import importlib.util as u; raise SystemExit(not u.find_spec('voila'))" || set "OPENS=lab"
"%PYTHON%" -m evallib %OPENS% %*
if errorlevel 1 pause
