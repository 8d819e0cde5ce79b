"""Works that reports cite, by key."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reference:
    """A cited work."""

    kind: str
    author: str
    title: str
    year: int
    where: str
    """Journal, proceedings or publisher."""
    cue: str
    """What of a report's text it stands behind, or several texts with bars between.

    Author and year in parentheses become the citation itself.
    """

    def text(self) -> str:
        """The work in one line."""
        return f"{self.author.replace(' and ', ', ')}: {self.title}. {self.where}, {self.year}."

    def bibtex(self, key: str) -> str:
        """Entry of a BibTeX file."""
        place = {"article": "journal", "inproceedings": "booktitle"}.get(self.kind, "howpublished")
        fields = {"author": self.author, "title": f"{{{self.title}}}", place: self.where, "year": str(self.year)}
        lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
        return f"@{self.kind}{{{key},\n{lines}\n}}\n"


REFERENCES: dict[str, Reference] = {
    "miller2000": Reference(
        "inproceedings", "Julian F. Miller and Peter Thomson", "Cartesian Genetic Programming", 2000, "EuroGP",
        "Cartesian Genetic Programming (Miller and Thomson, 2000)",
    ),
    "friedman1937": Reference(
        "article", "Milton Friedman",
        "The Use of Ranks to Avoid the Assumption of Normality Implicit in the Analysis of Variance", 1937,
        "Journal of the American Statistical Association", "Friedman test",
    ),
    "nemenyi1963": Reference(
        "misc", "Peter Nemenyi", "Distribution-free Multiple Comparisons", 1963, "PhD thesis, Princeton University",
        "Nemenyi",
    ),
    "demsar2006": Reference(
        "article", "Janez Demšar", "Statistical Comparisons of Classifiers over Multiple Data Sets", 2006,
        "Journal of Machine Learning Research", "Average ranks",
    ),
    "kruskal1952": Reference(
        "article", "William H. Kruskal and W. Allen Wallis", "Use of Ranks in One-Criterion Variance Analysis", 1952,
        "Journal of the American Statistical Association", "Kruskal-Wallis",
    ),
    "conover1979": Reference(
        "misc", "W. J. Conover and Ronald L. Iman", "On Multiple-Comparisons Procedures", 1979,
        "Los Alamos Scientific Laboratory", "Conover-Iman",
    ),
    "holm1979": Reference(
        "article", "Sture Holm", "A Simple Sequentially Rejective Multiple Test Procedure", 1979,
        "Scandinavian Journal of Statistics", "Holm",
    ),
    "cliff1993": Reference(
        "article", "Norman Cliff", "Dominance Statistics: Ordinal Analyses to Answer Ordinal Questions", 1993,
        "Psychological Bulletin", "Cliff's delta",
    ),
    "lecun1998": Reference(
        "article", "Yann LeCun and Léon Bottou and Yoshua Bengio and Patrick Haffner",
        "Gradient-Based Learning Applied to Document Recognition", 1998, "Proceedings of the IEEE", "lenet5|on mnist",
    ),
    "sandler2018": Reference(
        "inproceedings",
        "Mark Sandler and Andrew Howard and Menglong Zhu and Andrey Zhmoginov and Liang-Chieh Chen",
        "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018, "CVPR", "mobilenetv2",
    ),
    "xiao2017": Reference(
        "misc", "Han Xiao and Kashif Rasul and Roland Vollgraf",
        "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms", 2017, "arXiv:1708.07747",
        "on fashion-mnist",
    ),
    "horowitz2014": Reference(
        "inproceedings", "Mark Horowitz", "Computing's Energy Problem (and What We Can Do About It)", 2014, "ISSCC",
        "Memory model horowitz",
    ),
}  # fmt: skip
"""In the order of bibliographies."""


def bibliography(keys: tuple[str, ...]) -> str:
    """BibTeX file of some works."""
    return "\n".join(REFERENCES[key].bibtex(key) for key in keys)
