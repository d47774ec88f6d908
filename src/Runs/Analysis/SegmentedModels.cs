using HiEndMae.Engine.Analysis;
using HiEndMae.Engine.Stages;
using HiEndMae.Imaging;

namespace HiEndMae.Runs.Analysis;

/// <summary>The same cases segmented by several models.</summary>
/// <param name="Labels">Classes, background first.</param>
/// <param name="Models">Label, description and scores of each model.</param>
/// <param name="Shapes">Shape of each class in the truth, by case; null if the class is missing.</param>
/// <param name="Pictures">Cases to draw: image, truth, and the prediction of each model.</param>
internal sealed record SegmentedModels(
    IReadOnlyList<string> Labels, IReadOnlyList<(string Label, string About, EvaluationResult Result)> Models, IReadOnlyDictionary<string, OrganShape?[]> Shapes,
    IReadOnlyList<(string Case, Volume<float> Image, ushort[] Truth, List<ushort[]> Predictions)> Pictures);
