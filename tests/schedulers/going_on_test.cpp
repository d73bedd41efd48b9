// Solvers that go on from a checkpoint.
#include "base/error.h"
#include "schedulers/traces.h"

#include <set>

namespace rushes {
namespace {

/// What a checkpoint keeps of each solver of the traces, after any of its steps, is enough for the very same
/// samples; the generator is part of it.
TEST_F(Schedulers, GoOnAfterAnyStepBitForBit) {
    std::set<SchedulerConfig::Kind> kinds;
    for (const Case& c : cases()) {
        kinds.insert(c.config.kind);
        const at::Tensor outputs = tensor(c, "outputs");
        at::Generator noise = at::make_generator<at::CPUGeneratorImpl>(7);
        const auto whole = make_scheduler(c.config, c.request, noise);
        whole->begin_at(c.begin);
        std::vector<at::Tensor> samples{tensor(c, "samples")[0]};
        std::vector<std::vector<at::Tensor>> memories;
        std::vector<at::Tensor> generators;
        for (int i = 0; i < outputs.size(0); ++i) {
            samples.push_back(whole->step(outputs[i], samples.back()).prev_sample);
            memories.emplace_back();
            for (const at::Tensor& kept : whole->memory()) {
                memories.back().push_back(kept.clone());
            }
            generators.push_back(noise.get_state());
        }
        for (int done = 1; done < outputs.size(0); ++done) {
            const auto kept = static_cast<std::size_t>(done) - 1;
            at::Generator other = at::make_generator<at::CPUGeneratorImpl>(8);
            const auto rest = make_scheduler(c.config, c.request, other);
            rest->begin_at(c.begin);
            other.set_state(generators[kept]);
            rest->go_on(c.begin + static_cast<std::size_t>(done), memories[kept]);
            at::Tensor sample = samples[kept + 1];
            for (int i = done; i < outputs.size(0); ++i) {
                sample = rest->step(outputs[i], sample).prev_sample;
                ASSERT_TRUE(at::equal(sample, samples[static_cast<std::size_t>(i) + 1]))
                    << c.name << " after " << done << " steps, at step " << i;
            }
            EXPECT_THROW(rest->go_on(10'000, memories[kept]), Error) << c.name;
        }
    }
    EXPECT_EQ(kinds.size(), 7U) << "a solver that no trace is of may forget what it needs";
}

} // namespace
} // namespace rushes
