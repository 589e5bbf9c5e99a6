"""The instructor's side: build assignments, rehearse with a class, grade it, give feedback.

It imports nothing of what it grades. The README beside this file has the grader's protocol and threat model.
Each module does one thing and can be used alone:

=============  ====================================================================================
course         where an nbgrader course keeps its files
notebook       reading notebooks that anybody may have written
kernels        kernels of this Python that nobody else talks to
forbidden      answers that use what their exercise does not allow, for a student's own check
check          a student's own visible tests
converters     nbgrader's converters, run in this process
build          solutions/ to exercises/ and the gradebook, and whether the two have drifted apart
solutions      the instructor's answers without the marks in them
mutants        small mistakes, made in the syntax tree
audit          whether an assignment's tests find such mistakes
simulate       a class of submissions, good and bad, to rehearse with
imports        what notebooks import
plan           an assignment as plain data: all that grading takes
collect        a submitted directory as plain data
grade          one submission graded: bytes in, plain data out
results        what grading says about a submission
batch          many submissions on a Dask cluster
gradebook      nbgrader's gradebook, and the one writer of its grades
journal        the graded notebooks, which say what is done
session        a run over a class: what is new is graded, what comes back is recorded
selftest       something in the sandbox tries to get out
feedback       what the students get back
standings      where everybody stands in an assignment
report         a page about how a class did
sheets         grades as tables, for spreadsheets, Moodle and Canvas
exports        tables as Moodle and Canvas write them, and who is meant by a row
roster         their students enrolled in the gradebook
downloads      their archives of submissions, read as hostile data
zip_collect    submissions out of an archive into their places, by nbgrader's zip_collect
similarity     which students' answers are alike: a place to look
fragments      code as a set of parts that renaming and reordering leave as they are
pages          the instructor's pages, in one style
bundle         the archive that students get
engine         a notebook run by two processes, with wire, peer, proxy, tensors, ambient, raised between them
=============  ====================================================================================
"""
