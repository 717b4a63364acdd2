import sublime, sublime_plugin
import os, re
import subprocess


class OpenFolderCommand(sublime_plugin.TextCommand):
    def run(self, edit):
        subprocess.Popen(["open", os.path.dirname(self.view.file_name())])
