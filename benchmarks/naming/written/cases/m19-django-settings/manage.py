#!/usr/bin/env python
import os
import sys

import settings


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
    from django.core.management import execute_from_command_line
    from rest_framework import serializers
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
