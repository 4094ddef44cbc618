//! Server functions: study: a participant's courses, lessons, files and progress.
