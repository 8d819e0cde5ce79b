"""What a printed figure shows."""


def ticks_by_axis(figure):
    """Texts of the tick labels that are drawn, a list for each axis."""
    figure.canvas.draw()
    shown = [axes for axes in figure.axes if axes.axison]
    return [_ticks(axis) for axes in shown for axis in (axes.xaxis, axes.yaxis)]


def ticks(figure):
    """Texts of all tick labels that are drawn."""
    return [text for texts in ticks_by_axis(figure) for text in texts]


def _ticks(axis):
    low, high = sorted(axis.get_view_interval())
    every = [tick for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()) if low <= tick.get_loc() <= high]
    shown = [tick.label1 for tick in every if tick.get_visible() and tick.label1.get_visible()]
    return [label.get_text() for label in shown if label.get_text()]
