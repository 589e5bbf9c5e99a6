"""The instructor's side: build assignments, rehearse a class, grade it, give feedback.

It imports nothing of what it grades.
Each module does one thing and can be used alone:

=============  ====================================================================================
course         where an nbgrader course keeps its files
notebook       reading notebooks that anybody may have written
kernels        kernels of this Python that nobody else talks to
forbidden      answers that use what their exercise does not allow
check          a student's own visible tests
converters     nbgrader's converters, run in this process
build          solutions/ to exercises/ and the gradebook, and whether the two have drifted apart
gradebook      what nbgrader's gradebook holds
mutants        small mistakes, made in the syntax tree
simulate       a class of submissions, good and bad, to rehearse with
results        what grading says about a submission
autograde      one submission, graded by nbgrader
batch          many submissions, a process each
feedback       what the students get back
=============  ====================================================================================
"""
