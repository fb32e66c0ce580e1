"""The three kinds of models. Each trains on arrays, and predicts with numpy alone from a file of plain numbers.

A kind is a module with ``KIND``, ``LIBRARY()``, ``train(inputs, split)`` and a class with ``predict`` and ``arrays``.
"""
