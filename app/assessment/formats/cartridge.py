"""Course packages: IMS Common Cartridge 1.1 to 1.3, Canvas exports and IMS content packages with QTI in them.

The manifest names the question files. Canvas writes each quiz twice: in the profile of Common Cartridge, which knows
few types, and completely under `non_cc_assessments`; the complete one is taken.
"""

import base64
import posixpath
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from app.assessment.formats import qti2, qti12
from app.assessment.formats.items import FileUnreadable, Item, Reason, Refusal, remark
from app.assessment.formats.package import Package, open_package, package_of
from app.assessment.formats.prose import Found
from app.assessment.formats.scoring import Budget
from app.assessment.formats.trees import Node, parse
from app.assessment.rules.content import Content

MANIFEST = "imsmanifest.xml"
CANVAS_FOLDER = "non_cc_assessments/"
CANVAS_ENDING = ".xml.qti"
# Files that texts refer to: each, and all that are taken into questions, counted once a question, in bytes.
MAX_ATTACHMENT = 16 << 20
MAX_ATTACHED = 200 << 20
MAX_RESOURCES = 20_000
# All question files together, and those whose trees are kept between two looks at them, in bytes.
MAX_QUESTION_FILES = 200 << 20
KEPT = 8 << 20

# What texts write for the place of the cartridge's files, and where Canvas keeps them.
_BASE = re.compile(r"\$IMS[-_]CC[-_]FILEBASE\$/?", re.IGNORECASE)
_FOLDERS = ("", "web_resources/")
# Pages and documents of a course are no pictures of a question.
_PAGES = (".html", ".htm", ".xhtml", ".xml", ".qti", ".js", ".css")
_QTI_12 = re.compile(r"imsqti_xmlv1p[12](?:p1)?(?:/.*)?|.*/question-bank", re.IGNORECASE)
_QTI_2_ITEM = re.compile(r"imsqti_(?:apip)?item_xmlv2p[0-9](?:p[0-9])?(?:/.*)?|imsqti_item_.*", re.IGNORECASE)
_QTI_2_TEST = re.compile(
    r"imsqti_(?:apip)?(?:test|assessment|section)_xmlv2p[0-9](?:p[0-9])?(?:/.*)?|imsqti_test_.*", re.IGNORECASE
)

Source = bytes | Mapping[str, bytes] | Package


def read(source: Source, skills: Collection[str] = ()) -> Iterator[Item | Refusal]:
    """The items of a package, in the order of its manifest; those of a QTI 2 test in the order of the test.

    `source` is a zip, an opened package or its files by name; `skills` are the codes that tags may name. A question
    file that cannot be read is one refusal. Raises FileUnreadable where the package as a whole cannot be read.
    """
    package = _opened(source)
    course = _Course(package)
    seen: dict[Content, str] = {}
    for number, (path, each) in enumerate(course.items(skills), 1):
        numbered = replace(each, number=number, place=path)
        if isinstance(numbered, Item):
            # The same question in a quiz and in its bank; within one file its author means it.
            key = replace(numbered.content, points=1.0)
            if seen.setdefault(key, path) != path:
                numbered = Refusal(number, numbered.line, numbered.name, remark(Reason.TWICE), place=path)
        yield numbered


def others(source: Source) -> Counter[str]:
    """How many things of a package are no questions, by kind: page, link, discussion, file, assignment, other."""
    return _Course(_opened(source)).others


def is_cartridge(source: Source) -> bool:
    """Whether `source` holds a manifest, and so is for `read`. Raises FileUnreadable where it cannot be opened."""
    return _manifest_of(_opened(source)) is not None


def _opened(source: Source) -> Package:
    if isinstance(source, Package):
        return source
    return open_package(source) if isinstance(source, bytes | bytearray | memoryview) else package_of(source)


def _manifest_of(package: Package) -> str | None:
    """The manifest's path: at the top, or in the one folder that holds everything."""
    found = [name for name in package.names if name == MANIFEST or name.endswith("/" + MANIFEST)]
    return min(found, key=lambda name: name.count("/")) if found else None


@dataclass(slots=True)
class _Resource:
    """One entry of the manifest."""

    ident: str
    kind: str
    paths: list[str]
    dependencies: list[str]
    keywords: list[str] = field(default_factory=list)


class _Course:
    """The manifest of a package, and what its question files may refer to."""

    def __init__(self, package: Package) -> None:
        self.package = package
        path = _manifest_of(package)
        if path is None:
            inner = any(name.lower().endswith((".zip", ".imscc")) for name in package.names)
            hint = ": it holds another package; hand in that one" if inner else ""
            raise FileUnreadable(f"is a zip package without {MANIFEST}{hint}")
        try:
            root = parse(package.read(path))
        except FileUnreadable as error:
            raise FileUnreadable(f"has a manifest that {error.reason}", error.line) from error
        if root.tag != "manifest":
            raise FileUnreadable(f"has a manifest that begins with <{root.tag[:40]}>", root.line)
        self.top = path.removesuffix(MANIFEST)
        self.resources = self._resources(root)
        self.by_ident = {resource.ident: resource for resource in self.resources}
        self._trees: dict[str, Node | FileUnreadable] = {}
        self._budget = Budget()
        self._sizes: dict[str, int] = {}
        self._kept = 0
        self._tests: dict[str, str] = {}
        self._data: dict[str, str] = {}
        self._attached = 0

    def _resources(self, root: Node) -> list[_Resource]:
        found = []
        for node in root.inside("resource"):
            base = _base(root, node)
            names = [node.get("href"), *(file.get("href") for file in node.named("file"))]
            found.append(
                _Resource(
                    node.get("identifier"),
                    node.get("type"),
                    list(dict.fromkeys(self._path(base + name) for name in names if name)),
                    [each.get("identifierref") for each in node.named("dependency")],
                    [keyword.text for metadata in node.named("metadata") for keyword in metadata.inside("keyword")],
                )
            )
            if len(found) > MAX_RESOURCES:
                raise FileUnreadable(f"has a manifest with more than {MAX_RESOURCES} entries")
        return found

    def _path(self, href: str) -> str:
        """The name in the package of what the manifest calls `href`."""
        plain = _within(self.top, href)
        return plain if plain in self.package else _within(self.top, unquote(href.partition("?")[0]))

    # The question files

    def items(self, skills: Collection[str]) -> Iterator[tuple[str, Item | Refusal]]:
        """All items with the path of their file."""
        files = list(self._question_files())
        known: set[str] = set()
        for path, _ in files:
            tree = self._tree(path)
            if isinstance(tree, Node):
                known |= qti12.identifiers(tree)
                known.add(posixpath.basename(path).partition(".")[0])
        for path, resource in files:
            for each in self._items_of(path, resource, skills, known):
                yield path, each
            self._trees.pop(path, None)

    def _items_of(
        self, path: str, resource: _Resource | None, skills: Collection[str], known: Collection[str]
    ) -> Iterator[Item | Refusal]:
        if path not in self.package:
            yield Refusal(0, 0, path, remark(Reason.FILE_ABSENT, name=path))
            return
        tree = self._tree(path)
        if isinstance(tree, FileUnreadable):
            yield Refusal(0, tree.line or 0, path, remark(Reason.FILE_REFUSED, text=tree.reason))
            return
        keywords = resource.keywords if resource else []

        def find(reference: str) -> Found | None:
            return self._find(reference, posixpath.dirname(path))

        try:
            if tree.tag == qti12.ROOT:
                yield from qti12.questions(tree, skills, find=find, keywords=keywords, known=known, budget=self._budget)
            else:
                category = self._tests.get(path, "")
                yield qti2.question(
                    tree, 1, skills, find=find, keywords=keywords, category=category, budget=self._budget
                )
        except FileUnreadable as error:
            yield Refusal(0, error.line or 0, path, remark(Reason.FILE_REFUSED, text=error.reason))

    def _tree(self, path: str) -> Node | FileUnreadable:
        """The document at `path`, or why it cannot be read. Raises FileUnreadable where all are too much."""
        if path in self._trees:
            return self._trees[path]
        tree: Node | FileUnreadable
        size = 0
        try:
            content = self.package.read(path)
            size = len(content)
            self._sizes[path] = size
            if sum(self._sizes.values()) > MAX_QUESTION_FILES:
                size = -1
            tree = parse(content) if size >= 0 else FileUnreadable("")
        except FileUnreadable as error:
            tree = error
        if size < 0:
            raise FileUnreadable(f"holds more than {MAX_QUESTION_FILES >> 20} MB of question files")
        self._kept += size
        if self._kept <= KEPT or isinstance(tree, FileUnreadable):
            self._trees[path] = tree
        return tree

    def _question_files(self) -> Iterator[tuple[str, _Resource | None]]:
        """Each question file once, with its entry in the manifest."""
        done: set[str] = set()
        for path, resource in self._candidates():
            if path not in done:
                done.add(path)
                yield path, resource

    def _candidates(self) -> Iterator[tuple[str, _Resource | None]]:
        for resource in self.resources:
            if _QTI_2_TEST.fullmatch(resource.kind):
                yield from self._of_test(resource)
        for resource in self.resources:
            if _QTI_2_ITEM.fullmatch(resource.kind):
                yield from ((path, resource) for path in resource.paths[:1] or [resource.ident])
            elif _QTI_12.fullmatch(resource.kind):
                yield from self._of_quiz(resource)
            else:
                # Canvas: banks are named as other content.
                yield from ((path, resource) for path in resource.paths if self._is_bank(path))
        for name in self.package.names:
            if self._is_bank(name):
                yield name, None

    def _is_bank(self, path: str) -> bool:
        """Whether a file of Canvas stands for no quiz that the manifest names."""
        if not self._is_canvas(path):
            return False
        ident = path.rpartition("/")[2].removesuffix(CANVAS_ENDING)
        quiz = self.by_ident.get(ident)
        return quiz is None or not _QTI_12.fullmatch(quiz.kind)

    def _is_canvas(self, path: str) -> bool:
        return path.startswith(self.top + CANVAS_FOLDER) and path.endswith(CANVAS_ENDING)

    def _of_quiz(self, resource: _Resource) -> Iterator[tuple[str, _Resource]]:
        """The complete file of a quiz, else the one in the profile; both where the complete one cannot be read."""
        complete = f"{self.top}{CANVAS_FOLDER}{resource.ident}{CANVAS_ENDING}"
        if complete not in self.package:
            depended = [self.by_ident[ident] for ident in resource.dependencies if ident in self.by_ident]
            canvas = [path for each in depended for path in each.paths if self._is_canvas(path)]
            complete = canvas[0] if canvas else ""
        if complete in self.package:
            yield complete, resource
            if isinstance(self._tree(complete), Node):
                return
        # Beside its questions a quiz may name its pictures.
        own = [path for path in resource.paths if path.lower().endswith((".xml", ".qti"))]
        own = [path for path in own if not path.endswith("assessment_meta.xml")]
        yield from ((path, resource) for path in own or resource.paths[:1] or [resource.ident])

    def _of_test(self, resource: _Resource) -> Iterator[tuple[str, _Resource | None]]:
        """The items that a QTI 2 test names, in its order; the test itself where it cannot be read."""
        by_path = {path: each for each in self.resources for path in each.paths[:1]}
        for path in resource.paths[:1]:
            tree = self._tree(path) if path in self.package else FileUnreadable("is not there")
            if isinstance(tree, FileUnreadable):
                yield path, resource
                continue
            for item in tree.inside("assessmentItemRef", "assessmentSectionRef"):
                named = self._path(posixpath.join(posixpath.dirname(path)[len(self.top) :], item.get("href")))
                self._tests.setdefault(named, " ".join(tree.get("title").split()))
                yield named, by_path.get(named)

    # Files that texts refer to

    def _find(self, reference: str, folder: str) -> Found | None:
        """The file of the package that a text in `folder` names, within the limits."""
        based = _BASE.match(reference)
        rest = reference[based.end() :] if based else reference
        # Below the cartridge's top; a path without the token first means the folder of its file.
        places = [_within(self.top, start + rest) for start in _FOLDERS]
        if not based:
            places.insert(0, _within("", f"{folder}/{rest}"))
        for path in places:
            if path in self.package and not path.lower().endswith(_PAGES):
                return self._taken(path)
        return None

    def _taken(self, path: str) -> Found | None:
        if path not in self._data:
            try:
                content = self.package.read(path)
            except FileUnreadable:
                content = b""
            self._data[path] = base64.b64encode(content).decode() if len(content) <= MAX_ATTACHMENT else ""
        data = self._data[path]
        self._attached += len(data) * 3 // 4
        return Found(path, data) if data and self._attached <= MAX_ATTACHED else None

    @property
    def others(self) -> Counter[str]:
        """What is no question, by kind."""
        found: Counter[str] = Counter()
        for resource in self.resources:
            kind = resource.kind.lower()
            if _QTI_12.fullmatch(kind) or _QTI_2_ITEM.fullmatch(kind) or _QTI_2_TEST.fullmatch(kind):
                continue
            found[_kind_of(kind, resource.paths)] += 1
        return found


def _kind_of(kind: str, paths: list[str]) -> str:
    is_page = any(path.lower().endswith((".html", ".htm")) for path in paths[:1])
    if kind == "webcontent":
        return "page" if is_page else "file"
    if kind.startswith("imsdt"):
        return "discussion"
    if kind.startswith(("imswl", "imsbasiclti")):
        return "link"
    if kind.startswith("assignment") or any(path.endswith("assignment_settings.xml") for path in paths):
        return "assignment"
    return "other"


def _base(root: Node, resource: Node) -> str:
    """What xml:base of manifest, resources and resource put before a path."""
    around = [root, *root.named("resources"), resource]
    return "".join(each.get("base") for each in around)


def _within(top: str, path: str) -> str:
    """`path` below `top`, its `..` steps never leading out."""
    steps: list[str] = []
    for step in path.replace("\\", "/").split("/"):
        if step == "..":
            del steps[-1:]
        elif step not in ("", "."):
            steps.append(step)
    return top + "/".join(steps)
