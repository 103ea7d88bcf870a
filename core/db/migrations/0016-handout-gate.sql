-- How many were handed out at each gate is asked for with every change of a figure: counted along one gate, not through all that was ever given.
CREATE INDEX handout_by_gate ON handout(gate_id);
