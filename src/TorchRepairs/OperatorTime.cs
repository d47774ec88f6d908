namespace HiEndMae.TorchRepairs;

/// <summary>What an operator of libtorch cost while <see cref="OperatorProfile"/> watched it.</summary>
/// <param name="Name">Name of the operator, such as <c>aten::addmm</c>; for a step of the backward pass, the name of its autograd node.</param>
/// <param name="Shapes">Shapes of its tensors, such as <c>[4, 217, 384] [384]</c>; empty if it has none.</param>
/// <param name="Calls">Number of calls.</param>
/// <param name="Own">Time inside the operator, without the operators that it called.</param>
/// <param name="Whole">Time inside the operator, with the operators that it called.</param>
public sealed record OperatorTime(string Name, string Shapes, int Calls, TimeSpan Own, TimeSpan Whole);
