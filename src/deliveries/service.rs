//! Services: courses actually given: dates, places, trainers, timetable, states.
