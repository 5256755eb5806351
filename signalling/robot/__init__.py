"""The robot: a participant without a browser, for tests, load and monitoring; what it sends can be measured."""

from signalling.robot.participant import Robot

__all__ = ["Robot"]
