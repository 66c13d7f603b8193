"""From masteries to the gradebook: rules, columns, wanted grades, why they are what they are."""
