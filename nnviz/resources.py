"""Finds resources/ in a checkout and in the installed wheel."""

from __future__ import annotations

from nnviz.engine.files import resource as resource
