"""Branches as the window shows them: the tree's pictures, painting and erasing as they are done."""
